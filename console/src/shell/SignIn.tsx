import { Alert, Button, Center, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, body } from "../api/client";
import { asFailure } from "../api/problem";
import { hasExpired, keepKey } from "../session";
import { texts } from "../texts";
import { Mark } from "./Mark";
import classes from "./SignIn.module.css";

/** Asks for an API key, and keeps it only once the API has accepted it. */
export function SignIn() {
  const [key, setKey] = useState("");
  const enter = useMutation({
    mutationFn: async (candidate: string) => {
      if (candidate === "") throw new Error(texts.signIn.empty);
      const headers = { authorization: `Bearer ${candidate}` };
      const me = await body(api.GET("/v1/me", { headers })).catch((error: unknown) => {
        const failure = asFailure(error);
        throw new Error(failure.status === 401 ? texts.signIn.wrong : failure.message);
      });
      if (me.organizations.length === 0 || !me.role) throw new Error(texts.signIn.deployment);
      return candidate;
    },
    onSuccess: keepKey,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter.mutate(key.trim());
  };
  return (
    <Center mih="100vh" p="md" className={classes.page} component="main">
      <form onSubmit={submit} className={classes.card} noValidate>
        <Stack gap="lg">
          <Mark />
          <div>
            <Title order={1} size="h2">
              {texts.signIn.title}
            </Title>
            <Text c="dimmed" size="sm" mt={4}>
              {texts.signIn.lead}
            </Text>
          </div>
          {hasExpired() && !enter.isError && (
            <Alert color="orange" role="status">
              {texts.signIn.expired}
            </Alert>
          )}
          <PasswordInput
            label={texts.signIn.label}
            placeholder={texts.signIn.placeholder}
            description={texts.signIn.hint}
            inputWrapperOrder={["label", "input", "description", "error"]}
            value={key}
            onChange={(event) => setKey(event.currentTarget.value)}
            error={enter.error?.message}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
          />
          <Button type="submit" loading={enter.isPending}>
            {texts.signIn.submit}
          </Button>
        </Stack>
      </form>
    </Center>
  );
}
