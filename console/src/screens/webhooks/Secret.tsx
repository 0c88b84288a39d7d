import { Button, Group, Stack, Text } from "@mantine/core";
import { Copyable } from "../../components/Copyable";
import { texts } from "../../texts";

/** A signing secret, which is never shown again. */
export function Secret({ secret, close }: { secret: string; close: () => void }) {
  return (
    <Stack gap="md">
      <Text size="sm">{texts.webhooks.secretLead}</Text>
      <Copyable value={secret} />
      <Group justify="flex-end">
        <Button onClick={close}>{texts.app.close}</Button>
      </Group>
    </Stack>
  );
}
