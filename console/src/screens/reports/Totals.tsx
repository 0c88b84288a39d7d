import { Link } from "@tanstack/react-router";
import type { OrganizationReport } from "../../api/client";
import { Figures } from "../../components/Figures";
import { count, money, percent } from "../../lib/format";
import { texts } from "../../texts";

const t = texts.reports;

/** The sums over all campaigns of the period. */
export function Totals({ total }: { total: OrganizationReport["total"] }) {
  const { campaigns, counts, delivery, parts, price } = total;
  return (
    <Figures
      items={[
        {
          name: t.campaigns,
          value: (
            <Link to="/campaigns" className="plain">
              {count(campaigns)}
            </Link>
          ),
          note: t.campaignsNote(counts.total),
        },
        {
          name: texts.report.delivered,
          value: percent(delivery.delivered, delivery.accepted),
          note: texts.report.ofAccepted(delivery.delivered, delivery.accepted),
        },
        {
          name: t.failed,
          value: count(counts.failed),
          note:
            counts.unknown > 0
              ? t.unknownNote(counts.unknown)
              : t.failedOf(percent(counts.failed, counts.total)),
        },
        {
          name: t.price,
          value: price === null ? count(parts) : money(price.amount, price.currency),
          note:
            price === null
              ? texts.report.partsOnly(parts)
              : texts.report.priceOf(parts, price.unpricedMessages),
        },
      ]}
    />
  );
}
