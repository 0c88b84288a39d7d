import { Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Organization } from "../../api/client";
import { ProblemAlert } from "../../components/ProblemAlert";
import { Save } from "../../components/Save";
import { Section } from "../../components/Section";
import { useOrganization } from "../../lib/use-organization";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";

const t = texts.settings;
const KINDS = ["stop", "start", "help"] as const;
type Kind = (typeof KINDS)[number];
type Fields = Record<Kind, string>;

/** The organization's keywords and replies, besides the standard ones. */
export function Keywords({ organization }: { organization: Organization }) {
  const { isAdmin } = useSession();
  const { change } = useOrganization();
  const { keywords } = organization;
  const [lists, setLists] = useState<Fields>(() => ({
    stop: (keywords.stop ?? []).join(", "),
    start: (keywords.start ?? []).join(", "),
    help: (keywords.help ?? []).join(", "),
  }));
  const [replies, setReplies] = useState<Fields>(() => ({
    stop: keywords.replies?.stop ?? "",
    start: keywords.replies?.start ?? "",
    help: keywords.replies?.help ?? "",
  }));
  const list = (kind: Kind) =>
    lists[kind]
      .split(",")
      .map((keyword) => keyword.trim())
      .filter((keyword) => keyword !== "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const hasReplies = KINDS.some((kind) => replies[kind].trim() !== "");
    change.mutate({
      keywords: {
        stop: list("stop"),
        start: list("start"),
        help: list("help"),
        ...(hasReplies ? { replies } : {}),
      },
    });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <Section title={t.keywords}>
          <Stack gap="md">
            <Text size="sm" c="dimmed">
              {t.keywordsLead}
            </Text>
            {KINDS.map((kind) => (
              <TextInput
                key={kind}
                label={t[kind]}
                value={lists[kind]}
                readOnly={!isAdmin}
                onChange={(event) => setLists({ ...lists, [kind]: event.currentTarget.value })}
              />
            ))}
          </Stack>
        </Section>
        <Section title={t.replies}>
          <Stack gap="md">
            <Text size="sm" c="dimmed">
              {t.repliesLead}
            </Text>
            {KINDS.map((kind) => (
              <Textarea
                key={kind}
                label={t.replyTo(t[kind])}
                autosize
                minRows={1}
                maxLength={320}
                value={replies[kind]}
                readOnly={!isAdmin}
                onChange={(event) => setReplies({ ...replies, [kind]: event.currentTarget.value })}
              />
            ))}
          </Stack>
        </Section>
        {change.isError && <ProblemAlert error={change.error} />}
        {isAdmin && (
          <Group justify="flex-end">
            <Save change={change} />
          </Group>
        )}
      </Stack>
    </form>
  );
}
