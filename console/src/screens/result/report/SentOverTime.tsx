import { useMemo } from "react";
import type { Report } from "../../../api/client";
import { OverTime } from "../../../components/chart/OverTime";
import { count, period } from "../../../lib/format";
import { type Interval, intervalsOf } from "../../../lib/series";
import { texts } from "../../../texts";
import { MessagesLink } from "./MessagesLink";

const LOCALE = "en-US";
const TICKS = {
  minute: new Intl.DateTimeFormat(LOCALE, { hour: "numeric", minute: "2-digit" }),
  hour: new Intl.DateTimeFormat(LOCALE, { month: "short", day: "numeric", hour: "numeric" }),
  day: new Intl.DateTimeFormat(LOCALE, { month: "short", day: "numeric", timeZone: "UTC" }),
};

/** When messages were accepted, delivered and failed. */
export function SentOverTime({ report }: { report: Report }) {
  const { campaignId, series } = report;
  const intervals = useMemo(() => intervalsOf(series), [series]);
  const linked = ({ start, end, ...counts }: Interval, name: "sent" | "delivered" | "failed") => {
    const number = counts[name];
    // A message that was accepted in the interval has changed since, so no filter finds it.
    if (name === "sent" || number === 0) return count(number);
    const filter = {
      status: name,
      updatedSince: new Date(start).toISOString(),
      updatedBefore: new Date(end).toISOString(),
    };
    return (
      <MessagesLink campaignId={campaignId} filter={filter}>
        {count(number)}
      </MessagesLink>
    );
  };
  return (
    <OverTime
      title={texts.report.overTime}
      lead={texts.report.per[series.interval]}
      intervals={intervals}
      tick={({ start }) => TICKS[series.interval].format(start)}
      name={({ start, end }) => period(start, end)}
      cell={linked}
    />
  );
}
