import { Text } from "@mantine/core";
import type { Person } from "../../api/client";
import { CampaignName } from "../../components/CampaignName";
import { ToneLabel } from "../../components/Dot";
import { type Column, Grid } from "../../components/Grid";
import { Time } from "../../components/Time";
import { changedBy } from "../../lib/people";
import { texts } from "../../texts";

const t = texts.person;
type Preference = Person["preferences"][number];

/** What the register of unsubscribes holds of a person, with the evidence. */
export function Preferences({ preferences }: { preferences: Preference[] }) {
  if (preferences.length === 0) {
    return (
      <>
        <ToneLabel tone="good" label={t.subscribed} />
        <Text size="sm" c="dimmed">
          {t.noPreferences}
        </Text>
      </>
    );
  }
  return (
    <Grid isBare label={t.preferences} columns={COLUMNS} rows={preferences} rowKey={({ phone }) => phone} />
  );
}

const COLUMNS: Column<Preference>[] = [
  {
    key: "state",
    title: texts.messages.status,
    cell: ({ subscribed }) => (
      <ToneLabel tone={subscribed ? "good" : "bad"} label={subscribed ? t.subscribed : t.unsubscribed} />
    ),
  },
  {
    key: "since",
    title: texts.unsubscribes.since,
    isMinor: true,
    cell: ({ changedAt }) => <Time at={changedAt} />,
  },
  {
    key: "source",
    title: texts.unsubscribes.source,
    cell: ({ source, changedBy: actor }) =>
      source === "api" && actor?.name ? changedBy(actor) : texts.unsubscribes.sources[source],
  },
  {
    key: "evidence",
    title: texts.unsubscribes.evidence,
    wraps: true,
    cell: ({ evidence, source, lifted }) => (
      <>
        {evidence !== null && source === "provider"
          ? texts.unsubscribes.code(evidence)
          : (evidence ?? texts.app.none)}
        {lifted !== null && (
          <Text size="xs" c="dimmed">
            {t.lifted(texts.unsubscribes.sources[lifted.source].toLowerCase())}
          </Text>
        )}
      </>
    ),
  },
  {
    key: "campaign",
    title: texts.unsubscribes.campaign,
    isMinor: true,
    cell: ({ campaignId }) =>
      campaignId === null ? texts.app.none : <CampaignName campaignId={campaignId} />,
  },
];
