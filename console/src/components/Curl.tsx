import { Button, Code, CopyButton, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconTerminal2 } from "@tabler/icons-react";
import { useContext } from "react";
import { apiUrl } from "../api/place";
import { texts } from "../texts";
import { Dialog, InDialog } from "./Dialog";

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

/** A text as one word of a shell. */
export function quoted(text: string): string {
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

/** Shows an action as an API call: in a dialog or, within one, below the button. */
export function Curl(props: Props) {
  const isInDialog = useContext(InDialog);
  const [opened, shown] = useDisclosure();
  const button = (
    <Button
      variant="subtle"
      color="gray"
      c="dimmed"
      fw={450}
      size="compact-sm"
      leftSection={<IconTerminal2 size={14} aria-hidden />}
      {...(isInDialog ? { "aria-expanded": opened } : {})}
      onClick={isInDialog ? shown.toggle : shown.open}
    >
      {texts.curl.show}
    </Button>
  );
  if (isInDialog) {
    return (
      <Stack gap="sm" align="flex-start" w={opened ? "100%" : undefined}>
        {button}
        {opened && <Call {...props} isMinor />}
      </Stack>
    );
  }
  return (
    <>
      {button}
      <Dialog opened={opened} onClose={shown.close} size="lg" title={texts.curl.title}>
        <Call {...props} />
      </Dialog>
    </>
  );
}

/** The call and the command. Within another dialog, copying is not the main action. */
function Call({ isMinor = false, ...props }: Props & { isMinor?: boolean }) {
  return (
    <Stack gap="sm" w="100%">
      <Text size="sm" c="dimmed">
        {texts.curl.lead}
      </Text>
      <Block text={request(props)} isMinor={isMinor} />
      {props.command && (
        <>
          <Text size="sm" c="dimmed">
            {texts.curl.command}
          </Text>
          <Block text={props.command} isMinor={isMinor} />
        </>
      )}
    </Stack>
  );
}

function Block({ text, isMinor }: { text: string; isMinor: boolean }) {
  return (
    <>
      <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
        {text}
      </Code>
      <Group justify="flex-end">
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button {...(isMinor ? { size: "xs", variant: "default" } : {})} onClick={copy}>
              {copied ? texts.app.copied : texts.app.copy}
            </Button>
          )}
        </CopyButton>
      </Group>
    </>
  );
}
