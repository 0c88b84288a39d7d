import { Anchor, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Inbound } from "../api/client";
import { inboundQuery } from "../api/inbound";
import { CampaignName } from "../components/CampaignName";
import { Copyable } from "../components/Copyable";
import { Curl } from "../components/Curl";
import { Facts } from "../components/Facts";
import { Loading } from "../components/Loading";
import { Page } from "../components/Page";
import { PersonLink } from "../components/PersonLink";
import { ProblemAlert } from "../components/ProblemAlert";
import { Section } from "../components/Section";
import { Time } from "../components/Time";
import { date, phone } from "../lib/format";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";
import { Conversation } from "./replies/Conversation";
import { Dismiss, Suppress } from "./replies/Decide";
import { State } from "./replies/State";

const route = getRouteApi("/replies/$inboundId");
const t = texts.replies;

/** One text from a person, the replies to it, and what can be done. */
export function ReplyPage() {
  const { inboundId } = route.useParams();
  const { organizationId, canSend } = useSession();
  const inbound = useQuery(inboundQuery(organizationId, inboundId));
  if (inbound.isPending) return <Loading lines={6} />;
  if (inbound.isError) return <ProblemAlert error={inbound.error} retry={() => void inbound.refetch()} />;
  const { from, flagged, decision, keyword } = inbound.data;
  return (
    <Page
      title={phone(from)}
      aside={<State inbound={inbound.data} />}
      back={{ to: "/replies", label: t.title }}
      actions={
        <>
          <Curl
            method="GET"
            path={`/v1/organizations/${organizationId}/inbound/${inboundId}`}
            command={`volley inbound show ${inboundId}`}
          />
          {canSend && flagged && <Dismiss inbound={inbound.data} />}
          {canSend && decision?.verdict !== "suppressed" && keyword !== "stop" && (
            <Suppress inbound={inbound.data} />
          )}
        </>
      }
    >
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Section title={t.conversation}>
          <Conversation key={inboundId} inbound={inbound.data} />
        </Section>
        <Section title={t.details}>
          <Stack gap="sm">
            <Details inbound={inbound.data} />
            <Anchor
              size="sm"
              renderRoot={(props) => <Link to="/replies" search={{ phone: from }} {...props} />}
            >
              {t.seeAll}
            </Anchor>
            <Text size="sm" component="div">
              <PersonLink phone={from}>{texts.person.link}</PersonLink>
            </Text>
          </Stack>
        </Section>
      </SimpleGrid>
    </Page>
  );
}

function Details({ inbound }: { inbound: Inbound }) {
  const { id, from, to, receivedAt, campaignId, dueOn, decision } = inbound;
  return (
    <Facts
      items={[
        [t.from, phone(from)],
        [t.to, to === null ? texts.app.none : phone(to)],
        [t.received, <Time key="received" at={receivedAt} />],
        [t.inReplyTo, campaignId === null ? t.noCampaign : <CampaignName key="of" campaignId={campaignId} />],
        ...(dueOn === null ? [] : [[t.decideBy, date(dueOn)] as [string, string]]),
        ...(decision === null
          ? []
          : [[t.decision, <Time key="decided" at={decision.decidedAt} />] as [string, ReactNode]]),
        [t.id, <Copyable key="id" value={id} />],
      ]}
    />
  );
}
