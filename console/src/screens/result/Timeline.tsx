import { Anchor, Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Campaign } from "../../api/client";
import { Time } from "../../components/Time";
import { stageOf } from "../../lib/campaign";
import { changedBy } from "../../lib/people";
import { texts } from "../../texts";
import classes from "./Timeline.module.css";

const t = texts.campaign;

interface Step {
  what: string;
  /** Null if the API does not say when. */
  at: string | null;
  detail?: string;
}

/** What happened to a campaign, in order. */
export function Timeline({ campaign }: { campaign: Campaign }) {
  const stage = stageOf(campaign);
  const who = t.by(changedBy(campaign.changedBy));
  const counted = campaign.counts?.countedAt ?? null;
  const all: (Step | false)[] = [
    { what: t.created, at: campaign.createdAt },
    stage === "scheduled" && { what: t.scheduledFor, at: campaign.scheduledAt, detail: who },
    campaign.sentAt !== null && { what: t.sent, at: campaign.sentAt },
    (stage === "paused" || stage === "stopped") && { what: texts.stage[stage], at: null, detail: who },
    campaign.cancelledAt !== null && { what: t.canceledAt, at: campaign.cancelledAt, detail: who },
    campaign.failedAt !== null && { what: t.failedAt, at: campaign.failedAt },
    campaign.archivedAt !== null && { what: t.archivedAt, at: campaign.archivedAt },
    counted !== null && { what: t.lastCount, at: counted },
  ];
  const steps = all.filter((step) => step !== false);
  const limit = campaign.maxPrice ?? campaign.maxParts;
  return (
    <>
      <ol className={classes.steps}>
        {steps.map(({ what, at, detail }) => (
          <li key={what} className={classes.step}>
            <Text size="sm">
              {what}
              {detail && (
                <Text span inherit c="dimmed">
                  {` ${detail}`}
                </Text>
              )}
            </Text>
            {at !== null && (
              <Text size="sm" c="dimmed" className="number">
                <Time at={at} />
              </Text>
            )}
          </li>
        ))}
      </ol>
      {limit !== null && (
        <Text size="sm" c="dimmed" mt="sm">
          {t.limits(campaign.maxPrice ?? texts.check.parts(Number(limit)))}
        </Text>
      )}
      {campaign.tags.length > 0 && (
        <Group gap="xs" mt="sm">
          {campaign.tags.map((tag) => (
            <Anchor
              key={tag}
              size="sm"
              renderRoot={(props) => <Link to="/campaigns" search={{ tag }} {...props} />}
            >
              #{tag}
            </Anchor>
          ))}
        </Group>
      )}
    </>
  );
}
