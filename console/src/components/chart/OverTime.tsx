import { Button, Group, Stack, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { count } from "../../lib/format";
import { hasEvents, type Interval } from "../../lib/series";
import { texts } from "../../texts";
import { type Column, Grid } from "../Grid";
import { Section } from "../Section";
import { BarChart, Legend } from "./BarChart";

type Name = "sent" | "delivered" | "failed";

interface Props {
  title: string;
  lead?: string;
  intervals: Interval[];
  tick: (interval: Interval) => string;
  name: (interval: Interval) => string;
  /** The name with a link to what happened then. */
  nameCell?: (interval: Interval) => ReactNode;
  /** A number with a link to the rows behind it, where there is one. */
  cell?: (interval: Interval, name: Name) => ReactNode;
}

/** Messages over time as a chart, and the same as a table. */
export function OverTime({ title, lead, intervals, tick, name, nameCell, cell }: Props) {
  const [isTable, setIsTable] = useState(false);
  const column = (key: Name): Column<Interval> => ({
    key,
    title: texts.report.series[key],
    isNumber: true,
    cell: (interval) => cell?.(interval, key) ?? count(interval[key]),
  });
  const columns: Column<Interval>[] = [
    { key: "time", title: texts.report.time, cell: nameCell ?? name },
    column("sent"),
    column("delivered"),
    column("failed"),
  ];
  return (
    <Section
      title={title}
      actions={
        <Button
          variant="subtle"
          color="gray"
          c="dimmed"
          fw={450}
          size="compact-sm"
          aria-pressed={isTable}
          onClick={() => setIsTable(!isTable)}
        >
          {isTable ? texts.report.asChart : texts.report.asTable}
        </Button>
      }
    >
      {isTable ? (
        <Grid
          isBare
          label={title}
          columns={columns}
          rows={intervals.filter(hasEvents)}
          rowKey={({ start }) => String(start)}
        />
      ) : (
        <Stack gap="sm">
          <Group justify="space-between" gap="xs">
            <Legend intervals={intervals} />
            {lead && (
              <Text size="sm" c="dimmed">
                {lead}
              </Text>
            )}
          </Group>
          <BarChart label={texts.report.chartLabel(title)} intervals={intervals} tick={tick} title={name} />
        </Stack>
      )}
    </Section>
  );
}
