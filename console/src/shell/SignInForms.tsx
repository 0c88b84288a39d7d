import { Alert, Button, Divider, Stack } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Loading } from "../components/Loading";
import { type IdentityConfig, identityQuery } from "../identity/config";
import { lastFailure } from "../identity/pending";
import { whatExpired } from "../session";
import { texts } from "../texts";
import { KeyForm } from "./KeyForm";
import classes from "./SignInForms.module.css";

const t = texts.signIn;

/** The ways to sign in: the team's identity provider, if there is one, and an API key. */
export function SignInForms({ leave }: { leave: (config: IdentityConfig) => Promise<void> }) {
  const identity = useQuery(identityQuery);
  const go = useMutation({ mutationFn: leave });
  const expired = whatExpired();
  const failure = lastFailure();
  if (identity.isPending) return <Loading lines={3} />;
  const config = identity.data ?? null;
  return (
    <Stack gap="lg">
      {expired !== null && (
        <Alert color="orange" role="status">
          {expired === "key" ? t.expired : t.sessionExpired}
        </Alert>
      )}
      {(failure !== null || go.isError) && (
        <Alert color="red" role="alert" title={t.failed}>
          {go.isError ? t.noAnswer : failure}
        </Alert>
      )}
      {config !== null && (
        <>
          <Button
            className={classes.account}
            onClick={() => go.mutate(config)}
            loading={go.isPending}
            data-autofocus
          >
            {t.withAccount}
          </Button>
          <Divider label={t.or} />
        </>
      )}
      <KeyForm isSecond={config !== null} />
    </Stack>
  );
}
