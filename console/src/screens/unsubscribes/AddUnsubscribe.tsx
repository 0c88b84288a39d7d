import { Button, Group, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, body } from "../../api/client";
import { asFailure } from "../../api/problem";
import { Dialog } from "../../components/Dialog";
import { sentence } from "../../components/ProblemAlert";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";

const t = texts.unsubscribes;

/** Unsubscribes a phone for a person who asked in another way. */
export function AddUnsubscribe() {
  const { organizationId } = useSession();
  const [opened, dialog] = useDisclosure();
  const [phone, setPhone] = useState("");
  const queries = useQueryClient();
  const add = useMutation({
    mutationFn: () =>
      body(
        api.PUT("/v1/organizations/{organizationId}/unsubscribes/{phone}", {
          params: { path: { organizationId, phone: phone.trim() } },
        }),
      ),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: [organizationId, "unsubscribes"] });
      void queries.invalidateQueries({ queryKey: [organizationId, "unsubscribe"] });
      setPhone("");
      dialog.close();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <>
      <Button variant="default" onClick={dialog.open}>
        {t.add}
      </Button>
      <Dialog opened={opened} onClose={dialog.close} title={t.add}>
        <form onSubmit={submit} noValidate>
          <Stack gap="md">
            <TextInput
              type="tel"
              label={t.addLabel}
              description={texts.contacts.phoneHint}
              value={phone}
              onChange={(event) => setPhone(event.currentTarget.value)}
              error={add.error && sentence(asFailure(add.error).message)}
              data-autofocus
            />
            <Group justify="flex-end">
              <Button type="submit" loading={add.isPending} disabled={phone.trim() === ""}>
                {t.addDo}
              </Button>
            </Group>
          </Stack>
        </form>
      </Dialog>
    </>
  );
}
