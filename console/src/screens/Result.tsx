import { Alert, Anchor, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import type { Campaign } from "../api/client";
import { StageLabel } from "../components/Dot";
import { EndsBar } from "../components/EndsBar";
import { Page } from "../components/Page";
import { ResendOf } from "../components/ResendOf";
import { Section } from "../components/Section";
import { type Balance, balanceOf, stageOf } from "../lib/campaign";
import { count, time, until } from "../lib/format";
import { texts } from "../texts";
import classes from "./Check.module.css";
import { BalancePicture } from "./result/BalancePicture";
import { Controls } from "./result/Controls";
import { Timeline } from "./result/Timeline";

const Report = lazy(() => import("./result/Report"));

/** A campaign that is leaving or has left. */
export default function Result({ campaign }: { campaign: Campaign }) {
  const balance = balanceOf(campaign);
  const sheet = balance && (
    <Section title={texts.campaign.balance} actions={<ToMessages campaign={campaign} />}>
      <BalancePicture campaign={campaign} balance={balance} />
    </Section>
  );
  return (
    <Page
      title={campaign.name}
      back={{ to: "/campaigns", label: texts.campaigns.title }}
      aside={<StageLabel campaign={campaign} />}
      actions={<Controls campaign={campaign} pending={balance?.ends.pending ?? 0} />}
    >
      {campaign.reason !== null && (
        <Alert
          color={stageOf(campaign) === "paused" ? "orange" : "red"}
          title={texts.stage[stageOf(campaign)]}
        >
          {texts.reasons[campaign.reason]}
        </Alert>
      )}
      {balance ? <Progress campaign={campaign} balance={balance} /> : <Waiting campaign={campaign} />}
      {campaign.counts === null ? (
        sheet
      ) : (
        <Suspense fallback={sheet}>
          <Report campaign={campaign}>{sheet}</Report>
        </Suspense>
      )}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Section title={texts.campaign.timeline}>
          <Timeline campaign={campaign} />
        </Section>
        <Stack gap="md">
          {campaign.resend && (
            <Section title={texts.resend.section}>
              <ResendOf resend={campaign.resend} />
            </Section>
          )}
          <BodyText campaign={campaign} />
        </Stack>
      </SimpleGrid>
    </Page>
  );
}

function BodyText({ campaign }: { campaign: Campaign }) {
  return (
    <Section title={texts.campaign.text}>
      <div className={classes.text}>{campaign.body}</div>
    </Section>
  );
}

function Waiting({ campaign }: { campaign: Campaign }) {
  const isScheduled = campaign.status === "scheduled" && campaign.scheduledAt !== null;
  return (
    <Text>
      {isScheduled && `${texts.campaign.starts(time(campaign.scheduledAt ?? ""))} `}
      <Text span c="dimmed">
        {texts.campaign.notRead}
      </Text>
    </Text>
  );
}

function Progress({ campaign, balance }: { campaign: Campaign; balance: Balance }) {
  const { recipients, ends } = balance;
  const eta = campaign.dispatch === "running" ? campaign.estimatedFinishAt : null;
  return (
    <Stack gap={8} aria-live="off">
      <EndsBar balance={balance} />
      <Group justify="space-between" gap="xs">
        <Text size="sm" className="number">
          {texts.campaign.progress(recipients - ends.pending, recipients)}
          {eta && ` · ${texts.campaign.eta(until(eta))}`}
        </Text>
        <Text size="sm" c="dimmed" className="number">
          {campaign.audience?.complete === false && `${texts.campaign.reading} `}
          {campaign.counts && texts.campaign.countedAt(time(campaign.counts.countedAt))}
        </Text>
      </Group>
    </Stack>
  );
}

function ToMessages({ campaign }: { campaign: Campaign }) {
  return (
    <Anchor
      size="sm"
      renderRoot={(props) => (
        <Link to="/campaigns/$campaignId/messages" params={{ campaignId: campaign.id }} {...props} />
      )}
    >
      {texts.campaign.allMessages(count(balanceOf(campaign)?.recipients ?? 0))}
    </Anchor>
  );
}
