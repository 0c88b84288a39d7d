import type { Report } from "../../../api/client";
import { type Column, Grid } from "../../../components/Grid";
import { Section } from "../../../components/Section";
import { count, country, percent } from "../../../lib/format";
import { texts } from "../../../texts";
import { MessagesLink } from "./MessagesLink";

const t = texts.report;
type Row = Report["countries"][number];

/** Messages by the phones' country, the most first. */
export function Countries({ report }: { report: Report }) {
  const { campaignId } = report;
  const rows = report.countries.toSorted((a, b) => sumOf(b) - sumOf(a));
  const columns: Column<Row>[] = [
    { key: "country", title: t.country, cell: (row) => (row.country ? country(row.country) : t.noCountry) },
    {
      key: "messages",
      title: t.messages,
      isNumber: true,
      cell: (row) => <Linked row={row} campaignId={campaignId} number={sumOf(row)} />,
    },
    {
      key: "delivered",
      title: t.delivered,
      isNumber: true,
      cell: (row) => percent(row.delivered, row.accepted),
    },
    {
      key: "failed",
      title: texts.endShort.failed,
      isNumber: true,
      cell: (row) => <Linked row={row} campaignId={campaignId} number={row.failed} status="failed" />,
    },
  ];
  return (
    <Section title={t.byCountry}>
      <Grid isBare label={t.byCountry} columns={columns} rows={rows} rowKey={(row) => row.country ?? ""} />
    </Section>
  );
}

const sumOf = ({ sent, delivered, failed, unknown }: Row) => sent + delivered + failed + unknown;

interface LinkedProps {
  row: Row;
  campaignId: string;
  number: number;
  status?: "failed";
}

/** No filter finds the phones without a country. */
function Linked({ row, campaignId, number, status }: LinkedProps) {
  if (row.country === null || number === 0) return count(number);
  return (
    <MessagesLink campaignId={campaignId} filter={{ country: row.country, status }}>
      {count(number)}
    </MessagesLink>
  );
}
