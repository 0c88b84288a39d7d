import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { OrganizationReport } from "../../api/client";
import { OverTime } from "../../components/chart/OverTime";
import { intervalsOf } from "../../lib/series";
import { texts } from "../../texts";

const LOCALE = "en-US";
/** The API's days have no time; they are read as if they were in UTC. */
const TICK = new Intl.DateTimeFormat(LOCALE, { month: "short", day: "numeric", timeZone: "UTC" });
const NAME = new Intl.DateTimeFormat(LOCALE, { dateStyle: "full", timeZone: "UTC" });

/** Accepted, delivered and failed messages by the day on which their campaign was sent. */
export function PerDay({ days, zone }: { days: OrganizationReport["days"]; zone: string | undefined }) {
  const intervals = useMemo(() => {
    const points = days.map(({ day, counts, delivery }) => ({
      at: day,
      sent: delivery.accepted,
      delivered: delivery.delivered,
      failed: counts.failed,
    }));
    return intervalsOf({ interval: "day", points });
  }, [days]);
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
