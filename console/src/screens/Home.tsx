import { Anchor, Button, SimpleGrid, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Campaign } from "../api/client";
import { StageLabel, ToneLabel } from "../components/Dot";
import { Empty } from "../components/Empty";
import { EndsBar } from "../components/EndsBar";
import { Loading } from "../components/Loading";
import { NewCampaign } from "../components/NewCampaign";
import { Page } from "../components/Page";
import { ProblemAlert } from "../components/ProblemAlert";
import { Section } from "../components/Section";
import { Time } from "../components/Time";
import { balanceOf, needsAttention, stageOf } from "../lib/campaign";
import { isOverdue } from "../lib/due";
import { count, date, percent, until } from "../lib/format";
import { useCampaigns } from "../lib/use-campaigns";
import { useDue } from "../lib/use-due";
import { texts } from "../texts";
import classes from "./Home.module.css";

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_ROWS = 6;

/** What is leaving, what will leave, and what needs a person. */
export function Home() {
  const { query, campaigns } = useCampaigns();
  const { items, isPending } = useDue(query.isSuccess);
  const of = (stage: string) => campaigns.filter((campaign) => stageOf(campaign) === stage);
  const soon = of("scheduled").filter(
    ({ scheduledAt }) => new Date(scheduledAt ?? 0).getTime() - Date.now() < DAY_MS,
  );
  return (
    <Page title={texts.home.title} actions={campaigns.length > 0 && <NewCampaign />}>
      {query.isError && <ProblemAlert error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <Loading lines={8} />}
      {query.isSuccess && campaigns.length === 0 && (
        <Empty title={texts.home.start} lead={texts.home.startLead}>
          <Button variant="default" renderRoot={(props) => <Link to="/imports" {...props} />}>
            {texts.home.importContacts}
          </Button>
          <NewCampaign />
        </Empty>
      )}
      {campaigns.length > 0 && (
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
          <Stack gap="md">
            <List
              title={texts.home.attention}
              campaigns={campaigns.filter(needsAttention)}
              row={Attention}
              first={items[0]?.dueOn ? <Refusals number={items.length} dueOn={items[0].dueOn} /> : null}
            >
              {isPending ? texts.app.loading : texts.home.nothingToDo}
            </List>
            <List title={texts.home.leaving} campaigns={of("sending")} row={Leaving}>
              {texts.home.nothingLeaving}
            </List>
            <List title={texts.home.upcoming} campaigns={soon} row={Upcoming}>
              {texts.home.nothingUpcoming}
            </List>
          </Stack>
          <Stack gap="md">
            <List title={texts.home.drafts} campaigns={of("draft")} row={Draft} />
            <List title={texts.home.recent} campaigns={of("done")} row={Recent} />
          </Stack>
        </SimpleGrid>
      )}
    </Page>
  );
}

interface ListProps {
  title: string;
  campaigns: Campaign[];
  row: (props: { campaign: Campaign }) => ReactNode;
  /** What comes before the campaigns. */
  first?: ReactNode;
  /** What is shown if there are none; without it, the list is left out. */
  children?: ReactNode;
}

function List({ title, campaigns, row: Row, first, children }: ListProps) {
  if (campaigns.length === 0 && !children) return null;
  return (
    <Section title={title}>
      {campaigns.length === 0 && !first && (
        <Text size="sm" c="dimmed">
          {children}
        </Text>
      )}
      <Stack gap={0} component="ul" className={classes.list}>
        {first}
        {campaigns.slice(0, MAX_ROWS).map((campaign) => (
          <li key={campaign.id} className={classes.row}>
            <div className={classes.name}>
              <Anchor
                fw={500}
                size="sm"
                lineClamp={1}
                renderRoot={(props) => (
                  <Link to="/campaigns/$campaignId" params={{ campaignId: campaign.id }} {...props} />
                )}
              >
                {campaign.name}
              </Anchor>
            </div>
            <Row campaign={campaign} />
          </li>
        ))}
      </Stack>
      {campaigns.length > MAX_ROWS && (
        <Anchor size="sm" mt="xs" renderRoot={(props) => <Link to="/campaigns" {...props} />}>
          {texts.home.all}
        </Anchor>
      )}
    </Section>
  );
}

/** Texts that may be refusals, and when the first is due. */
function Refusals({ number, dueOn }: { number: number; dueOn: string }) {
  const isLate = isOverdue(dueOn);
  const day = date(dueOn);
  return (
    <li className={classes.row}>
      <Anchor
        fw={500}
        size="sm"
        renderRoot={(props) => <Link to="/replies" search={{ open: true }} {...props} />}
      >
        {texts.home.refusals(number)}
      </Anchor>
      <ToneLabel
        tone={isLate ? "bad" : "due"}
        label={isLate ? texts.replies.wasDue(day) : texts.replies.due(day)}
      />
    </li>
  );
}

function Attention({ campaign }: { campaign: Campaign }) {
  const unknown = campaign.counts?.unknown ?? 0;
  const why = campaign.reason !== null ? texts.reasons[campaign.reason] : null;
  return (
    <>
      <StageLabel campaign={campaign} />
      <Text size="sm" c="dimmed" className={classes.wide}>
        {why ?? (unknown > 0 ? texts.home.unknownShare(unknown) : null)}
      </Text>
    </>
  );
}

function Leaving({ campaign }: { campaign: Campaign }) {
  const balance = balanceOf(campaign);
  return (
    <>
      <Text size="sm" c="dimmed" className="number">
        {campaign.estimatedFinishAt ? texts.home.eta(until(campaign.estimatedFinishAt)) : null}
      </Text>
      {balance && (
        <div className={classes.wide}>
          <EndsBar balance={balance} />
        </div>
      )}
    </>
  );
}

function Upcoming({ campaign }: { campaign: Campaign }) {
  return (
    <Text size="sm" c="dimmed">
      <Time at={campaign.scheduledAt} />
    </Text>
  );
}

function Recent({ campaign }: { campaign: Campaign }) {
  const counts = campaign.counts;
  return (
    <Text size="sm" c="dimmed" className="number">
      {counts && `${count(counts.total)} · ${percent(counts.delivered, counts.total)}`}
    </Text>
  );
}

function Draft({ campaign }: { campaign: Campaign }) {
  return (
    <Text size="sm" c="dimmed">
      {texts.campaigns.edited} <Time at={campaign.updatedAt} />
    </Text>
  );
}
