import { SimpleGrid, Text } from "@mantine/core";
import type { Import } from "../../api/client";
import { count } from "../../lib/format";
import { texts } from "../../texts";
import classes from "../Check.module.css";

const t = texts.imports;

/** What happened to the rows of a file. */
export function Figures({ found }: { found: Import }) {
  const { rows, created, updated, unchanged, skipped, rejected, optOuts } = found;
  const always: [string, number][] = [
    [t.rows, rows],
    [t.created, created],
    [t.updated, updated],
    [t.rejected, rejected],
  ];
  const sometimes: [string, number][] = [
    [t.unchanged, unchanged],
    [t.skipped, skipped],
    [t.optOuts, optOuts],
  ];
  const figures = [...always, ...sometimes.filter(([, number]) => number > 0)];
  return (
    <SimpleGrid cols={{ base: 2, xs: 3, sm: figures.length }} spacing="sm" component="dl" m={0}>
      {figures.map(([name, number]) => (
        <div key={name}>
          <Text component="dt" size="sm" c="dimmed">
            {name}
          </Text>
          <Text component="dd" m={0} className={`number ${classes.figure}`}>
            {count(number)}
          </Text>
        </div>
      ))}
    </SimpleGrid>
  );
}
