import { Alert, Anchor, Button, Center, Loader, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ErrorComponentProps, Link, Outlet } from "@tanstack/react-router";
import { useEffect } from "react";
import { meQuery } from "../api/queries";
import { ProblemAlert } from "../components/ProblemAlert";
import { expire, useKey } from "../session";
import { texts } from "../texts";
import { Shell } from "./Shell";
import { SignIn } from "./SignIn";
import { SessionContext, sessionOf } from "./session-context";

/** Shows the page of the address to a person with a valid key, and the form for a key to others. */
export function Root() {
  const key = useKey();
  const me = useQuery(meQuery(key));
  const session = me.data ? sessionOf(me.data) : null;
  const isUnusable = me.isSuccess && session === null;
  useEffect(() => {
    if (isUnusable) expire();
  }, [isUnusable]);
  if (key === null || isUnusable) return <SignIn />;
  if (me.isError) {
    return (
      <Center h="100vh" p="md">
        <ProblemAlert error={me.error} retry={() => void me.refetch()} />
      </Center>
    );
  }
  if (session === null) {
    return (
      <Center h="100vh">
        <Loader aria-label={texts.app.loading} />
      </Center>
    );
  }
  return (
    <SessionContext value={session}>
      <Shell>
        <Outlet />
      </Shell>
    </SessionContext>
  );
}

export function NotFound() {
  return (
    <Stack align="flex-start" gap="sm">
      <Title order={1} size="h2">
        {texts.app.notFound}
      </Title>
      <Anchor renderRoot={(props) => <Link to="/" {...props} />}>{texts.app.toStart}</Anchor>
    </Stack>
  );
}

export function Crashed({ error, reset }: ErrorComponentProps) {
  return (
    <Alert color="red" title={texts.problems.crashed} m="md">
      <Stack align="flex-start" gap="sm">
        <Text size="sm">{error instanceof Error ? error.message : String(error)}</Text>
        <Button variant="default" onClick={reset}>
          {texts.app.retry}
        </Button>
      </Stack>
    </Alert>
  );
}
