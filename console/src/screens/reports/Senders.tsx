import type { OrganizationReport } from "../../api/client";
import { type Column, Grid } from "../../components/Grid";
import { Section } from "../../components/Section";
import { count, percent, phone } from "../../lib/format";
import { texts } from "../../texts";

const t = texts.reports;
type Row = OrganizationReport["senders"][number];

const COLUMNS: Column<Row>[] = [
  { key: "sender", title: t.sender, cell: ({ sender }) => <span className="number">{phone(sender)}</span> },
  { key: "messages", title: texts.report.messages, isNumber: true, cell: ({ messages }) => count(messages) },
  {
    key: "delivered",
    title: texts.report.delivered,
    isNumber: true,
    cell: ({ delivered, accepted }) => percent(delivered, accepted),
  },
  { key: "failed", title: texts.campaigns.failed, isNumber: true, cell: ({ failed }) => count(failed) },
  { key: "parts", title: t.parts, isNumber: true, isMinor: true, cell: ({ parts }) => count(parts) },
];

/** The same sums by the number that campaigns were sent from. */
export function Senders({ senders }: { senders: Row[] }) {
  return (
    <Section title={t.bySender}>
      <Grid isBare label={t.bySender} columns={COLUMNS} rows={senders} rowKey={({ sender }) => sender} />
    </Section>
  );
}
