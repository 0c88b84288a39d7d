import { Center, Stack, Text, Title } from "@mantine/core";
import type { IdentityConfig } from "../identity/config";
import { texts } from "../texts";
import { Mark } from "./Mark";
import classes from "./SignIn.module.css";
import { SignInForms } from "./SignInForms";

/** Leaves for the identity provider, which returns to this address. */
async function leaveFromHere(config: IdentityConfig): Promise<void> {
  const { leave } = await import("../identity/flow");
  await leave(config, location.pathname + location.search, null);
}

export function SignIn() {
  return (
    <Center mih="100vh" p="md" className={classes.page} component="main">
      <Stack gap="lg" className={classes.card}>
        <Mark />
        <div>
          <Title order={1} size="h2">
            {texts.signIn.title}
          </Title>
          <Text c="dimmed" size="sm" mt={4}>
            {texts.signIn.lead}
          </Text>
        </div>
        <SignInForms leave={leaveFromHere} />
      </Stack>
    </Center>
  );
}
