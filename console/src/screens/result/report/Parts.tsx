import { Anchor, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Report } from "../../../api/client";
import { type Column, Grid } from "../../../components/Grid";
import { Section } from "../../../components/Section";
import { count, phone } from "../../../lib/format";
import { texts } from "../../../texts";

const t = texts.report;
type Row = Report["partCounts"][number];

const COLUMNS: Column<Row>[] = [
  { key: "each", title: t.partsEach, cell: ({ parts }) => texts.check.parts(parts) },
  { key: "messages", title: t.messages, isNumber: true, cell: ({ messages }) => count(messages) },
  { key: "parts", title: t.partsAll, isNumber: true, cell: ({ parts, messages }) => count(parts * messages) },
];

/** How many parts the accepted messages took, and which number they came from. */
export function Parts({ report }: { report: Report }) {
  return (
    <Section title={t.byParts}>
      <Grid
        isBare
        label={t.byParts}
        columns={COLUMNS}
        rows={report.partCounts}
        rowKey={({ parts }) => String(parts)}
      />
      {report.senders.map(({ sender, messages }) => (
        <Text key={sender} size="sm" c="dimmed" mt="sm">
          {t.fromSender(messages)}{" "}
          <Anchor
            inherit
            underline="always"
            className="number"
            renderRoot={(props) => <Link to="/senders" {...props} />}
          >
            {phone(sender)}
          </Anchor>
          .
        </Text>
      ))}
    </Section>
  );
}
