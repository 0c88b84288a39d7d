import { Group, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import type { OrganizationReport } from "../api/client";
import { organizationQuery } from "../api/queries";
import { periodReportQuery } from "../api/reports";
import { Chips } from "../components/Chips";
import { Curl } from "../components/Curl";
import { Empty } from "../components/Empty";
import { Loading } from "../components/Loading";
import { Page } from "../components/Page";
import { ProblemAlert } from "../components/ProblemAlert";
import { DEFAULT_DAYS, firstDay, lastDay, PRESETS, periodOf } from "../lib/period";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";
import classes from "./Reports.module.css";
import { CampaignSums } from "./reports/CampaignSums";
import { PerDay } from "./reports/PerDay";
import { Senders } from "./reports/Senders";
import { Totals } from "./reports/Totals";

const route = getRouteApi("/reports");
const t = texts.reports;

/** What an organization sent in a period, and the results. */
export function Reports() {
  const search = route.useSearch();
  const { organizationId } = useSession();
  const period = useMemo(() => periodOf(search, new Date()), [search]);
  const isBackwards = period.to !== undefined && period.from >= period.to;
  const report = useQuery({ ...periodReportQuery(organizationId, period), enabled: !isBackwards });
  const query = new URLSearchParams({
    from: period.from,
    ...(period.to === undefined ? {} : { to: period.to }),
  });
  return (
    <Page
      title={t.title}
      lead={t.lead}
      actions={<Curl method="GET" path={`/v1/organizations/${organizationId}/reports?${query}`} />}
    >
      <Period isBackwards={isBackwards} />
      {report.isPending && !isBackwards && <Loading lines={8} />}
      {report.isError && <ProblemAlert error={report.error} retry={() => void report.refetch()} />}
      {report.data?.total.campaigns === 0 && <Empty title={t.empty} lead={t.emptyLead} />}
      {report.data && report.data.total.campaigns > 0 && !report.isError && <Sums report={report.data} />}
    </Page>
  );
}

function Sums({ report }: { report: OrganizationReport }) {
  const { organizationId } = useSession();
  const organization = useQuery(organizationQuery(organizationId));
  return (
    <>
      <Totals total={report.total} />
      <PerDay report={report} zone={organization.data?.timeZone} />
      <CampaignSums campaigns={report.campaigns} />
      {report.senders.length > 1 && <Senders senders={report.senders} />}
    </>
  );
}

/** One click for the usual periods, two dates for others. */
function Period({ isBackwards }: { isBackwards: boolean }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const now = new Date();
  const isCustom = search.from !== undefined || search.to !== undefined;
  const days = search.days ?? DEFAULT_DAYS;
  const from = firstDay(search, now);
  const to = lastDay(search, now);
  return (
    <div>
      <Group gap="sm" justify="space-between">
        <Chips
          label={t.period}
          value={isCustom ? "" : String(days)}
          choices={PRESETS.map((number) => ({ value: String(number), label: t.days(number) }))}
          onChange={(value) => void navigate({ search: { days: Number(value) }, replace: true })}
        />
        <Group gap={6} wrap="nowrap">
          <TextInput
            type="date"
            aria-label={t.from}
            value={from}
            max={to}
            className={classes.date}
            onChange={(event) => {
              const day = event.currentTarget.value;
              if (day !== "") void navigate({ search: { from: day, to }, replace: true });
            }}
          />
          <Text c="dimmed" aria-hidden>
            {texts.app.none}
          </Text>
          <TextInput
            type="date"
            aria-label={t.to}
            value={to}
            error={isBackwards}
            className={classes.date}
            onChange={(event) => {
              const day = event.currentTarget.value;
              if (day !== "") void navigate({ search: { from, to: day }, replace: true });
            }}
          />
        </Group>
      </Group>
      {isBackwards && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert" mt="xs" ta="right">
          {t.order}
        </Text>
      )}
    </div>
  );
}
