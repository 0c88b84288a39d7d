import { Button, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type ReactNode, useState } from "react";
import { texts } from "../texts";
import { Copyable } from "./Copyable";
import { Dialog } from "./Dialog";

/** A secret, which is never shown again, and what it is for. */
export function Secret({ secret, lead, close }: { secret: string; lead: string; close: () => void }) {
  return (
    <Stack gap="md">
      <Text size="sm">{lead}</Text>
      <Copyable value={secret} />
      <Group justify="flex-end">
        <Button onClick={close}>{texts.app.close}</Button>
      </Group>
    </Stack>
  );
}

interface Props {
  label: string;
  secretTitle: string;
  secretLead: string;
  /** What makes the thing, and passes on its secret. It begins anew each time. */
  form: (made: (secret: string | null | undefined) => void) => ReactNode;
  size?: "lg";
}

/** A button that opens a form for something with a secret, and then shows the secret once. */
export function SecretOnce({ label, secretTitle, secretLead, form, size }: Props) {
  const [opened, dialog] = useDisclosure();
  const [secret, setSecret] = useState<string | null>(null);
  const open = () => {
    setSecret(null);
    dialog.open();
  };
  return (
    <>
      <Button size="xs" onClick={open}>
        {label}
      </Button>
      <Dialog
        opened={opened}
        onClose={dialog.close}
        closeOnClickOutside={secret === null}
        title={secret === null ? label : secretTitle}
        {...(size && { size })}
      >
        {secret === null ? (
          form((made) => setSecret(made ?? null))
        ) : (
          <Secret secret={secret} lead={secretLead} close={dialog.close} />
        )}
      </Dialog>
    </>
  );
}
