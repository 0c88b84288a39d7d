import { Link } from "@tanstack/react-router";
import type { Report } from "../../../api/client";
import { Figures } from "../../../components/Figures";
import { count, delay, money, percent } from "../../../lib/format";
import { texts } from "../../../texts";
import { MessagesLink } from "./MessagesLink";

const t = texts.report;

/** The numbers that a person asks for first. */
export function KeyFigures({ report }: { report: Report }) {
  const { campaignId, delivery, timeToDelivery, parts, price, optOuts, replies } = report;
  return (
    <Figures
      items={[
        {
          name: t.delivered,
          value: (
            <MessagesLink campaignId={campaignId} filter={{ status: "delivered" }}>
              {percent(delivery.delivered, delivery.accepted)}
            </MessagesLink>
          ),
          note: t.ofAccepted(delivery.delivered, delivery.accepted),
        },
        {
          name: t.timeToDelivery,
          value: timeToDelivery === null ? texts.app.none : delay(timeToDelivery.p50),
          note:
            timeToDelivery === null
              ? t.noTime
              : t.percentiles(delay(timeToDelivery.p90), delay(timeToDelivery.p99)),
        },
        {
          name: t.price,
          value: price === null ? count(parts) : money(price.amount, price.currency),
          note: price === null ? t.partsOnly(parts) : t.priceOf(parts, price.unpricedMessages),
        },
        {
          name: t.optOuts,
          value: (
            <Link to="/unsubscribes" search={{ campaign: campaignId }} className="plain">
              {count(optOuts)}
            </Link>
          ),
          note: t.optOutsOf(percent(optOuts, delivery.accepted)),
        },
        {
          name: t.replies,
          value: (
            <Link to="/replies" search={{ campaign: campaignId }} className="plain">
              {count(replies)}
            </Link>
          ),
          note: t.repliesOf,
        },
      ]}
    />
  );
}
