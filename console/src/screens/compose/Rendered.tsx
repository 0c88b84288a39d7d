import { Anchor, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { RenderedText } from "../../api/client";
import type { components } from "../../api/schema";
import { Chips } from "../../components/Chips";
import { PhonePreview } from "../../components/PhonePreview";
import { sentence } from "../../components/ProblemAlert";
import { count } from "../../lib/format";
import { texts } from "../../texts";

const t = texts.compose;
type Choice = "shortest" | "longest" | "mostParts" | "failing";

interface Props {
  /** As it is written; shown until it has been filled in. */
  body: string;
  preview: components["schemas"]["TextPreview"] | undefined;
}

/** What real contacts would read: the extremes, and those who would get no text. */
export function Rendered({ body, preview }: Props) {
  const [chosen, choose] = useState<Choice>("mostParts");
  if (preview === undefined) return <PhonePreview body={body} />;
  const { contacts, failed, failing } = preview;
  // The text may have been mended in the meantime.
  const choice = chosen === "failing" && failed === 0 ? "mostParts" : chosen;
  const shown = choice === "failing" ? null : preview[choice];
  return (
    <Stack gap="sm">
      <Chips
        label={t.previewOf}
        value={choice}
        choices={[
          { value: "shortest", label: t.shortest },
          { value: "longest", label: t.longest },
          { value: "mostParts", label: t.mostParts },
          ...(failed > 0 ? [{ value: "failing" as const, label: t.failing, count: count(failed) }] : []),
        ]}
        onChange={choose}
      />
      {choice === "failing" ? <Failing rows={failing} /> : <PhonePreview body={shown?.text ?? ""} />}
      {shown && (
        <Text size="sm" c="dimmed">
          {t.counter(shown.parts, shown.encoding ?? "")} <ToContact text={shown} />
        </Text>
      )}
      <Text size="sm" c="dimmed">
        {contacts === 0 ? t.noSamples : t.rendered(contacts)}
      </Text>
    </Stack>
  );
}

function Failing({ rows }: { rows: RenderedText[] }) {
  return (
    <Stack gap={6}>
      {rows.map((row) => (
        <Text key={row.contactId} size="sm">
          {sentence(row.explanation ?? "")} <ToContact text={row} />
        </Text>
      ))}
    </Stack>
  );
}

function ToContact({ text }: { text: RenderedText }) {
  return (
    <Anchor
      inherit
      renderRoot={(props) => (
        <Link to="/contacts/$contactId" params={{ contactId: text.contactId }} {...props} />
      )}
    >
      {t.seeContact}
    </Anchor>
  );
}
