import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { OrganizationReport } from "../../api/client";
import { OverTime } from "../../components/chart/OverTime";
import { dayIn } from "../../lib/period";
import { intervalsOf } from "../../lib/series";
import { texts } from "../../texts";

const LOCALE = "en-US";
/** The API's days have no time; they are read as if they were in UTC. */
const TICK = new Intl.DateTimeFormat(LOCALE, { month: "short", day: "numeric", timeZone: "UTC" });
const NAME = new Intl.DateTimeFormat(LOCALE, { dateStyle: "full", timeZone: "UTC" });

/** Accepted, delivered and failed messages by the day on which their campaign was sent. */
export function PerDay({ report, zone }: { report: OrganizationReport; zone: string | undefined }) {
  const { days, from, to } = report;
  const intervals = useMemo(() => {
    const points = days.map(({ day, counts, delivery }) => ({
      at: day,
      sent: delivery.accepted,
      delivered: delivery.delivered,
      failed: counts.failed,
    }));
    // The period ends just before `to`.
    const last = new Date(Date.parse(to) - 1);
    const span = zone && { first: dayIn(zone, new Date(from)), last: dayIn(zone, last) };
    return intervalsOf({ interval: "day", points }, span || undefined);
  }, [days, from, to, zone]);
  return (
    <OverTime
      title={texts.reports.perDay}
      {...(zone === undefined ? {} : { lead: texts.reports.zone(zone) })}
      intervals={intervals}
      tick={({ start }) => TICK.format(start)}
      name={({ start }) => NAME.format(start)}
      nameCell={({ start }) => {
        const day = new Date(start).toISOString().slice(0, 10);
        return (
          <Link to="/reports" search={{ from: day, to: day }} className="plain">
            {NAME.format(start)}
          </Link>
        );
      }}
    />
  );
}
