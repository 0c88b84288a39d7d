import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./Empty.module.css";

/** What to do next where there is nothing to show yet. */
export function Empty({ title, lead, children }: { title: string; lead?: string; children?: ReactNode }) {
  return (
    <div className={classes.empty}>
      <Stack gap={6} align="center">
        <Title order={2} size="h4">
          {title}
        </Title>
        {lead && (
          <Text c="dimmed" size="sm" ta="center" maw={420}>
            {lead}
          </Text>
        )}
        {children && <div className={classes.actions}>{children}</div>}
      </Stack>
    </div>
  );
}
