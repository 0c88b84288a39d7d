import { Button, Code, CopyButton, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconTerminal2 } from "@tabler/icons-react";
import { apiUrl } from "../api/place";
import { texts } from "../texts";
import { Dialog } from "./Dialog";

interface Props {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below the API's URL. */
  path: string;
  body?: unknown;
  /** A file that is sent instead of JSON. */
  file?: string;
  /** The same for the command line, if it can do it. */
  command?: string;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The command line of an action; the key stays a variable, so that it can be shared. */
function request({ method, path, body, file }: Props): string {
  const lines = [
    `curl ${method === "GET" ? "" : `-X ${method} `}${quoted(apiUrl + path)}`,
    '-H "Authorization: Bearer $KEY"',
  ];
  if (file !== undefined) {
    lines.push("-H 'Content-Type: application/octet-stream'", `--data-binary ${quoted(`@${file}`)}`);
  } else if (body !== undefined) {
    lines.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(body))}`);
  }
  return lines.join(" \\\n  ");
}

/** Shows an action as an API call. */
export function Curl(props: Props) {
  const [opened, dialog] = useDisclosure();
  const text = request(props);
  return (
    <>
      <Button
        variant="subtle"
        color="gray"
        c="dimmed"
        fw={450}
        size="compact-sm"
        leftSection={<IconTerminal2 size={14} aria-hidden />}
        onClick={dialog.open}
      >
        {texts.curl.show}
      </Button>
      <Dialog opened={opened} onClose={dialog.close} size="lg" title={texts.curl.title}>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {texts.curl.lead}
          </Text>
          <Block text={text} />
          {props.command && (
            <>
              <Text size="sm" c="dimmed">
                {texts.curl.command}
              </Text>
              <Block text={props.command} />
            </>
          )}
        </Stack>
      </Dialog>
    </>
  );
}

function Block({ text }: { text: string }) {
  return (
    <>
      <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
        {text}
      </Code>
      <Group justify="flex-end">
        <CopyButton value={text}>
          {({ copied, copy }) => <Button onClick={copy}>{copied ? texts.app.copied : texts.app.copy}</Button>}
        </CopyButton>
      </Group>
    </>
  );
}
