import { Button, type ButtonProps, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { texts } from "../texts";
import { Dialog } from "./Dialog";
import { ProblemAlert } from "./ProblemAlert";

interface Props {
  label: ReactNode;
  title: string;
  lead: ReactNode;
  /** Says what happens, and to how many. */
  confirm: string;
  isDangerous?: boolean;
  disabled?: boolean;
  action: () => Promise<unknown>;
  children?: ReactNode;
  button?: ButtonProps;
}

/** A button that asks first, and says what it is going to do. */
export function Confirm({
  label,
  title,
  lead,
  confirm,
  isDangerous,
  disabled,
  action,
  children,
  button,
}: Props) {
  const [opened, dialog] = useDisclosure();
  const run = useMutation({ mutationFn: action, onSuccess: dialog.close });
  const open = () => {
    run.reset();
    dialog.open();
  };
  return (
    <>
      <Button variant="default" {...button} onClick={open}>
        {label}
      </Button>
      <Dialog opened={opened} onClose={dialog.close} title={title}>
        <Stack gap="md">
          <Text size="sm" component="div">
            {lead}
          </Text>
          {children}
          {run.isError && <ProblemAlert error={run.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={dialog.close} data-autofocus>
              {texts.app.goBack}
            </Button>
            <Button
              color={isDangerous ? "red.8" : undefined}
              loading={run.isPending}
              disabled={disabled ?? false}
              onClick={() => run.mutate()}
            >
              {confirm}
            </Button>
          </Group>
        </Stack>
      </Dialog>
    </>
  );
}
