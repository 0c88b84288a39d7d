import { Button, Center, Group, Stack, Text, Title } from "@mantine/core";
import type { Me } from "../api/client";
import { forget } from "../session";
import { texts } from "../texts";
import { Mark } from "./Mark";
import classes from "./SignIn.module.css";

/** Someone whom the identity provider knows, but no organization. */
export function NotInvited({ me, retry }: { me: Me; retry: () => void }) {
  const t = texts.signIn;
  return (
    <Center mih="100vh" p="md" className={classes.page} component="main">
      <Stack gap="lg" className={classes.card}>
        <Mark />
        <div>
          <Title order={1} size="h2">
            {t.notInvited}
          </Title>
          <Text size="sm" c="dimmed" mt={4}>
            {me.email === null ? t.notVerified : t.notInvitedLead(me.email)}
          </Text>
        </div>
        <Group gap="xs">
          <Button onClick={retry}>{texts.app.retry}</Button>
          <Button variant="default" onClick={forget}>
            {texts.app.signOut}
          </Button>
        </Group>
      </Stack>
    </Center>
  );
}
