import { Anchor, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import type { Campaign } from "../../api/client";
import { messagesQuery } from "../../api/queries";
import { Loading } from "../../components/Loading";
import { ProblemAlert } from "../../components/ProblemAlert";
import { Section } from "../../components/Section";
import { count } from "../../lib/format";
import { texts } from "../../texts";
import classes from "./Failures.module.css";

const SAMPLE = 100;

/** Why messages failed, in plain English, and what to do about it. */
export function Failures({ campaign, failed }: { campaign: Campaign; failed: number }) {
  const { id: campaignId, organizationId } = campaign;
  const messages = useQuery({
    ...messagesQuery(organizationId, campaignId, { status: "failed", least: SAMPLE }),
    // More may fail while the page is open.
    refetchInterval: campaign.dispatch === "running" ? 5_000 : false,
  });
  const { refetch } = messages;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another number of failures, other reasons
  useEffect(() => void refetch(), [failed, refetch]);
  const items = messages.data?.items ?? [];
  const counts = new Map<keyof typeof texts.failures, number>();
  for (const { errorReason } of items) {
    const reason = errorReason ?? "other";
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const rows = Array.from(counts, ([reason, number]) => ({ reason, number }));
  rows.sort((a, b) => b.number - a.number);
  return (
    <Section
      title={texts.campaign.failures}
      actions={
        <Anchor
          size="sm"
          renderRoot={(props) => (
            <Link
              to="/campaigns/$campaignId/messages"
              params={{ campaignId }}
              search={{ status: "failed" }}
              {...props}
            />
          )}
        >
          {texts.campaign.allFailed(count(failed))}
        </Anchor>
      }
    >
      {messages.isPending && <Loading lines={3} />}
      {messages.isError && <ProblemAlert error={messages.error} retry={() => void messages.refetch()} />}
      <ul className={classes.list}>
        {rows.map(({ reason, number }) => {
          const [why, what] = texts.failures[reason];
          return (
            <li key={reason} className={classes.row}>
              <Text size="sm" fw={550} className="number">
                {count(number)}
              </Text>
              <div>
                <Text size="sm">{why}</Text>
                <Text size="sm" c="dimmed">
                  {what}
                </Text>
              </div>
            </li>
          );
        })}
      </ul>
      {messages.data?.nextCursor && (
        <Text size="xs" c="dimmed" mt="xs">
          {texts.campaign.failuresOf(items.length)}
        </Text>
      )}
    </Section>
  );
}
