import { Alert, SimpleGrid, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { Message } from "../api/client";
import { messageQuery } from "../api/messages";
import { Copyable } from "../components/Copyable";
import { Curl } from "../components/Curl";
import { EndLabel } from "../components/Dot";
import { Facts } from "../components/Facts";
import { Loading } from "../components/Loading";
import { Page } from "../components/Page";
import { PersonLink } from "../components/PersonLink";
import { ProblemAlert } from "../components/ProblemAlert";
import { Section } from "../components/Section";
import { count, phone, precise } from "../lib/format";
import { recipient } from "../lib/recipient";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";
import classes from "./Check.module.css";
import { Life } from "./message/Life";

const route = getRouteApi("/campaigns/$campaignId/messages/$messageId");
const t = texts.messages;

/** One recipient's message, from the claim to the last receipt. */
export function MessagePage() {
  const { campaignId, messageId } = route.useParams();
  const { organizationId } = useSession();
  const message = useQuery(messageQuery(organizationId, campaignId, messageId));
  if (message.isPending) return <Loading lines={6} />;
  if (message.isError) return <ProblemAlert error={message.error} retry={() => void message.refetch()} />;
  const { to, from, status, kind, dryRun, body, parts, id, providerMessageId } = message.data;
  const path = `/v1/organizations/${organizationId}/campaigns/${campaignId}/messages/${messageId}`;
  return (
    <Page
      title={recipient(to)}
      aside={<EndLabel end={status} />}
      back={{ to: "/campaigns/$campaignId/messages", params: { campaignId }, label: t.title }}
      actions={<Curl method="GET" path={`${path}/timeline`} />}
    >
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Section title={texts.campaign.timeline}>
          <Life message={message.data} />
          <Contradiction message={message.data} />
        </Section>
        <Stack gap="md">
          <Section title={t.message}>
            <Facts
              items={[
                ...(kind === "test" ? [[t.kind, dryRun ? t.dryRun : t.test] as [string, string]] : []),
                [
                  t.to,
                  <PersonLink key="to" phone={to} otherwise={recipient(to)}>
                    {recipient(to)}
                  </PersonLink>,
                ],
                [t.from, phone(from)],
                [t.parts, count(parts)],
                [t.id, <Copyable key="id" value={id} />],
                [
                  t.provider,
                  providerMessageId ? <Copyable key="provider" value={providerMessageId} /> : texts.app.none,
                ],
              ]}
            />
          </Section>
          <Section title={t.body}>
            <div className={classes.text}>{body}</div>
          </Section>
        </Stack>
      </SimpleGrid>
    </Page>
  );
}

/** A delivery is reported after the message has failed, so the person may have the text. */
function Contradiction({ message: { status, deliveredAt } }: { message: Message }) {
  if (status !== "failed" || deliveredAt === null) return null;
  return (
    <Alert color="orange" mt="md" title={texts.timeline.contradiction}>
      {texts.timeline.contradictionLead(precise(deliveredAt))}
    </Alert>
  );
}
