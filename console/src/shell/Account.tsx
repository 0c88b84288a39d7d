import { Button, NativeSelect, Stack, Text, useMantineColorScheme } from "@mantine/core";
import { IconDeviceDesktop, IconLogout2, IconMoon, IconSun } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { chooseOrganization, forget } from "../session";
import { texts } from "../texts";
import classes from "./Account.module.css";
import { useSession } from "./session-context";

const SCHEMES = [
  { value: "light", icon: IconSun },
  { value: "auto", icon: IconDeviceDesktop },
  { value: "dark", icon: IconMoon },
] as const;

/** The organization, the key or person with their role, and the way out. */
export function Account() {
  const session = useSession();
  const queries = useQueryClient();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const navigate = useNavigate();
  const isPerson = session.memberId !== null;
  const role = texts.app.role[session.role];
  // The page may show something that the other organization does not have.
  const change = (id: string) => void navigate({ to: "/" }).then(() => chooseOrganization(id));
  const leave = () => {
    forget();
    queries.clear();
  };
  return (
    <Stack gap="xs" className={classes.account}>
      <div>
        {session.organizations.length > 1 ? (
          <NativeSelect
            size="xs"
            aria-label={texts.app.organization}
            value={session.organizationId}
            onChange={(event) => change(event.currentTarget.value)}
            data={session.organizations.map(({ id, name }) => ({ value: id, label: name }))}
          />
        ) : (
          <Text size="sm" fw={550} truncate>
            {session.organizationName}
          </Text>
        )}
        <Text size="xs" c="dimmed" mt={2} truncate>
          {isPerson ? texts.app.memberOf(role, session.name) : texts.app.roleOf(role, session.name)}
        </Text>
      </div>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconLogout2 size={14} aria-hidden />}
        onClick={leave}
        fullWidth
      >
        {isPerson ? texts.app.signOut : texts.app.forget}
      </Button>
      <fieldset className={classes.schemes}>
        <legend className="unseen">{texts.app.themeLabel}</legend>
        {SCHEMES.map(({ value, icon: Icon }) => (
          <button
            key={value}
            type="button"
            className={classes.scheme}
            title={texts.app.theme[value]}
            aria-label={texts.app.theme[value]}
            aria-pressed={value === colorScheme}
            onClick={() => setColorScheme(value)}
          >
            <Icon size={14} aria-hidden />
          </button>
        ))}
      </fieldset>
    </Stack>
  );
}
