import { Alert, Button, Stack, Text } from "@mantine/core";
import { asFailure } from "../api/problem";
import { texts } from "../texts";

/** Why a request failed, in the API's words. */
export function ProblemAlert({ error, retry }: { error: unknown; retry?: () => void }) {
  const { message, fields } = asFailure(error);
  return (
    <Alert color="red" title={texts.problems.title} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{sentence(message)}</Text>
        {Object.entries(fields).map(([name, detail]) => (
          <Text key={name} size="sm">
            <b>{name.replaceAll("/", " › ")}</b> {detail}
          </Text>
        ))}
        {retry && (
          <Button size="xs" variant="default" onClick={retry}>
            {texts.app.retry}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** What is wrong with a field, after the field's name. */
export function fieldError(label: string, detail: string | undefined): string | undefined {
  return detail === undefined ? undefined : sentence(`${label} ${detail}`);
}

/** Details of problems are fragments in lower case. */
export function sentence(fragment: string): string {
  const text = fragment.charAt(0).toUpperCase() + fragment.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
