import { SimpleGrid } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Campaign } from "../../api/client";
import { reportQuery } from "../../api/reports";
import { Loading } from "../../components/Loading";
import { ProblemAlert } from "../../components/ProblemAlert";
import { Countries } from "./report/Countries";
import { Failures } from "./report/Failures";
import { KeyFigures } from "./report/KeyFigures";
import { Parts } from "./report/Parts";
import { SentOverTime } from "./report/SentOverTime";

/** A campaign's report, as the newest poll counted it. The balance sheet comes after the key figures. */
export default function Report({ campaign, children }: { campaign: Campaign; children: ReactNode }) {
  const report = useQuery(reportQuery(campaign));
  if (report.isPending) {
    return (
      <>
        <Loading lines={3} />
        {children}
      </>
    );
  }
  if (report.isError) {
    return (
      <>
        <ProblemAlert error={report.error} retry={() => void report.refetch()} />
        {children}
      </>
    );
  }
  // What an earlier version counted has no details.
  if (report.data.countedAt === null) return children;
  const { counts, series, countries } = report.data;
  return (
    <>
      <KeyFigures report={report.data} />
      {children}
      {series.points.length > 0 && <SentOverTime report={report.data} />}
      {counts.failed > 0 && <Failures report={report.data} />}
      {countries.length > 0 && (
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
          <Countries report={report.data} />
          <Parts report={report.data} />
        </SimpleGrid>
      )}
    </>
  );
}
