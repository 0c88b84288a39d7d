import { Button, SegmentedControl, Stack, Text, useMantineColorScheme } from "@mantine/core";
import { IconDeviceDesktop, IconLogout2, IconMoon, IconSun } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { forget } from "../session";
import { texts } from "../texts";
import classes from "./Account.module.css";
import { useSession } from "./session-context";

const SCHEMES = [
  { value: "light", icon: IconSun },
  { value: "auto", icon: IconDeviceDesktop },
  { value: "dark", icon: IconMoon },
] as const;

/** The organization, the key with its role, and the way out. */
export function Account() {
  const session = useSession();
  const queries = useQueryClient();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const leave = () => {
    forget();
    queries.clear();
  };
  return (
    <Stack gap="xs" className={classes.account}>
      <div>
        <Text size="sm" fw={550} truncate>
          {session.organizationName}
        </Text>
        <Text size="xs" c="dimmed" truncate>
          {texts.app.roleOf(texts.app.role[session.role], session.name)}
        </Text>
      </div>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconLogout2 size={14} aria-hidden />}
        onClick={leave}
        fullWidth
      >
        {texts.app.forget}
      </Button>
      <SegmentedControl
        size="xs"
        fullWidth
        value={colorScheme}
        onChange={(value) => setColorScheme(value as typeof colorScheme)}
        data={SCHEMES.map(({ value, icon: Icon }) => ({
          value,
          label: (
            <span className={classes.scheme} title={texts.app.theme[value]}>
              <Icon size={14} aria-hidden />
              <span className="unseen">{texts.app.theme[value]}</span>
            </span>
          ),
        }))}
      />
    </Stack>
  );
}
