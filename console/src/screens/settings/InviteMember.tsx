import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, body, once, type Role } from "../../api/client";
import { consoleUrl } from "../../api/place";
import { asFailure } from "../../api/problem";
import { membersQuery } from "../../api/queries";
import { Dialog } from "../../components/Dialog";
import { fieldError, ProblemAlert } from "../../components/ProblemAlert";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";
import { RoleControl } from "./RoleControl";

const t = texts.settings;

/** Invites a person by their email address. */
export function InviteMember() {
  const { organizationId } = useSession();
  const [opened, dialog] = useDisclosure();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("sender");
  const queries = useQueryClient();
  const invite = useMutation({
    mutationFn: () =>
      body(
        api.POST("/v1/organizations/{organizationId}/members", {
          params: { path: { organizationId }, header: once() },
          body: { email: email.trim(), role },
        }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: membersQuery(organizationId).queryKey });
      dialog.close();
    },
  });
  const open = () => {
    invite.reset();
    setEmail("");
    dialog.open();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate();
  };
  const failure = invite.error ? asFailure(invite.error) : null;
  return (
    <>
      <Button size="xs" onClick={open}>
        {t.invite}
      </Button>
      <Dialog opened={opened} onClose={dialog.close} title={t.invite}>
        <form onSubmit={submit} noValidate>
          <Stack gap="md">
            <TextInput
              type="email"
              label={t.email}
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
              error={fieldError(t.email, failure?.fields.email)}
              autoComplete="off"
              data-autofocus
            />
            <RoleControl role={role} onChange={setRole} />
            <Text size="sm" c="dimmed">
              {t.inviteLead(consoleUrl)}
            </Text>
            {failure && !("email" in failure.fields) && <ProblemAlert error={failure} />}
            <Group justify="flex-end">
              <Button type="submit" loading={invite.isPending} disabled={email.trim() === ""}>
                {t.inviteDo}
              </Button>
            </Group>
          </Stack>
        </form>
      </Dialog>
    </>
  );
}
