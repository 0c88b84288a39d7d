import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { MessageStatus, OrganizationReport } from "../../api/client";
import type { Column } from "../../components/Grid";
import { LongGrid } from "../../components/LongGrid";
import { Section } from "../../components/Section";
import { Time } from "../../components/Time";
import { count, money, percent, phone } from "../../lib/format";
import { texts } from "../../texts";

const t = texts.reports;
type Row = OrganizationReport["campaigns"][number];

/** The campaigns of the period, the newest first. */
export function CampaignSums({ campaigns }: { campaigns: Row[] }) {
  const rows = useMemo(() => campaigns.toReversed(), [campaigns]);
  const isOneSender = new Set(campaigns.map(({ sender }) => sender)).size === 1;
  const hasPrices = campaigns.some(({ price }) => price !== null);
  const columns = useMemo(
    () =>
      COLUMNS.filter(
        ({ key }) => !(key === (hasPrices ? "parts" : "price") || (isOneSender && key === "sender")),
      ),
    [isOneSender, hasPrices],
  );
  return (
    <Section title={t.campaigns}>
      <LongGrid isBare label={t.campaigns} columns={columns} rows={rows} rowKey={keyOf} />
    </Section>
  );
}

const keyOf = ({ campaignId }: Row) => campaignId;

/** A number that leads to the messages that it counts. */
function counted(row: Row, status: MessageStatus | undefined, text: string) {
  return (
    <Link
      to="/campaigns/$campaignId/messages"
      params={{ campaignId: row.campaignId }}
      search={{ status }}
      className="plain"
    >
      {text}
    </Link>
  );
}

function some(row: Row, status: "failed" | "unknown") {
  const number = row.counts[status];
  return number === 0 ? texts.app.none : counted(row, status, count(number));
}

const COLUMNS: Column<Row>[] = [
  {
    key: "name",
    title: texts.campaigns.name,
    width: 190,
    cell: ({ campaignId, name }) => (
      <Anchor
        inherit
        fw={500}
        renderRoot={(props) => <Link to="/campaigns/$campaignId" params={{ campaignId }} {...props} />}
      >
        {name}
      </Anchor>
    ),
  },
  { key: "sent", title: t.sent, isMinor: true, width: 170, cell: ({ sentAt }) => <Time at={sentAt} /> },
  {
    key: "sender",
    title: t.sender,
    isMinor: true,
    width: 150,
    cell: ({ sender }) => <span className="number">{phone(sender)}</span>,
  },
  {
    key: "messages",
    title: texts.report.messages,
    isNumber: true,
    width: 85,
    cell: (row) => counted(row, undefined, count(row.counts.total)),
  },
  {
    key: "delivered",
    title: texts.report.delivered,
    isNumber: true,
    width: 85,
    cell: (row) => counted(row, "delivered", percent(row.delivery.delivered, row.delivery.accepted)),
  },
  {
    key: "failed",
    title: texts.campaigns.failed,
    isNumber: true,
    width: 60,
    cell: (row) => some(row, "failed"),
  },
  {
    key: "unknown",
    title: texts.campaigns.unknown,
    isNumber: true,
    isMinor: true,
    width: 85,
    cell: (row) => some(row, "unknown"),
  },
  {
    key: "parts",
    title: t.parts,
    isNumber: true,
    isMinor: true,
    width: 85,
    cell: ({ parts }) => count(parts),
  },
  {
    key: "price",
    title: t.price,
    isNumber: true,
    width: 85,
    cell: ({ price }) => (price === null ? texts.app.none : money(price.amount, price.currency)),
  },
];
