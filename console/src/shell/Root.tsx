import { Alert, Anchor, Button, Center, Loader, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ErrorComponentProps, Link, Outlet } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { meQuery } from "../api/queries";
import { ProblemAlert } from "../components/ProblemAlert";
import { channelOfOpener, isAgainDone } from "../identity/pending";
import { useRenewal } from "../identity/use-renewal";
import { expire, useChosenOrganization, useKey, whatExpired } from "../session";
import { texts } from "../texts";
import { Leaving, Returned } from "./Leaving";
import { Mark } from "./Mark";
import { NotInvited } from "./NotInvited";
import { Shell } from "./Shell";
import { SignIn } from "./SignIn";
import { SignInAgain } from "./SignInAgain";
import { type Session, SessionContext, sessionOf } from "./session-context";

/** Shows the page of the address to someone who has signed in, and the form for that to others. */
export function Root() {
  const key = useKey();
  const chosen = useChosenOrganization();
  const me = useQuery(meQuery(key));
  const current = me.data ? sessionOf(me.data, chosen) : null;
  const last = useRef<Session | null>(null);
  // A page stays while its reader signs in again, with what they typed.
  const isExpired = key === null && whatExpired() !== null;
  useEffect(() => {
    if (current !== null) last.current = current;
    else if (key === null && !isExpired) last.current = null;
  }, [current, key, isExpired]);
  useRenewal();
  const isUnusable = me.isSuccess && current === null && me.data.kind !== "member";
  useEffect(() => {
    if (isUnusable) expire();
  }, [isUnusable]);
  const opener = channelOfOpener();
  if (opener !== null) return <Leaving channel={opener} />;
  if (isAgainDone()) return <Returned />;
  const session = current ?? (isExpired || (me.isPending && key !== null) ? last.current : null);
  if (session !== null) {
    return (
      <SessionContext value={session}>
        <Shell key={session.organizationId}>
          <Outlet />
        </Shell>
        {isExpired && <SignInAgain />}
      </SessionContext>
    );
  }
  if (key === null || isUnusable) return <SignIn />;
  if (me.isError) {
    return (
      <Center h="100vh" p="md">
        <ProblemAlert error={me.error} retry={() => void me.refetch()} />
      </Center>
    );
  }
  if (me.isSuccess) return <NotInvited me={me.data} retry={() => void me.refetch()} />;
  return (
    <div className="frame">
      <div className="frame-side">
        <Mark />
      </div>
      <Center component="main" h="100vh">
        <Loader aria-label={texts.app.loading} />
      </Center>
    </div>
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
