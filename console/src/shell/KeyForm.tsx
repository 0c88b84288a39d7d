import { Button, PasswordInput, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, body } from "../api/client";
import { asFailure } from "../api/problem";
import { keepKey } from "../session";
import { texts } from "../texts";

/** Asks for an API key, and keeps it only once the API has accepted it. */
export function KeyForm({ isSecond }: { isSecond: boolean }) {
  const [key, setKey] = useState("");
  const enter = useMutation({
    mutationFn: async (candidate: string) => {
      if (candidate === "") throw new Error(texts.signIn.empty);
      const headers = { authorization: `Bearer ${candidate}` };
      const me = await body(api.GET("/v1/me", { headers })).catch((error: unknown) => {
        const failure = asFailure(error);
        throw new Error(failure.status === 401 ? texts.signIn.wrong : failure.message);
      });
      if (me.organizations.length === 0) throw new Error(texts.signIn.deployment);
      return candidate;
    },
    onSuccess: keepKey,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter.mutate(key.trim());
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
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
          {...(isSecond ? {} : { "data-autofocus": true })}
        />
        <Button type="submit" variant={isSecond ? "default" : "filled"} loading={enter.isPending}>
          {texts.signIn.submit}
        </Button>
      </Stack>
    </form>
  );
}
