import { Anchor, Button, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { Campaign, Organization } from "../api/client";
import { messagesQuery } from "../api/messages";
import { campaignQuery, organizationQuery, quoteQuery } from "../api/queries";
import { Empty } from "../components/Empty";
import { Loading } from "../components/Loading";
import { Page } from "../components/Page";
import { ProblemAlert } from "../components/ProblemAlert";
import { ResendOf } from "../components/ResendOf";
import { Section } from "../components/Section";
import { Steps } from "../components/Steps";
import { count, money, phone, time } from "../lib/format";
import { replaceAll } from "../lib/gsm";
import { partsOf } from "../lib/parts";
import { recipient } from "../lib/recipient";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";
import classes from "./Check.module.css";
import { SendForm } from "./check/SendForm";
import { WhoGetsIt } from "./check/WhoGetsIt";

const route = getRouteApi("/campaigns/$campaignId/check");

/** Everything about a campaign on one page, and the button that sends it. */
export function Check() {
  const { campaignId } = route.useParams();
  const { organizationId } = useSession();
  const campaign = useQuery(campaignQuery(organizationId, campaignId));
  const organization = useQuery(organizationQuery(organizationId));
  const error = campaign.error ?? organization.error;
  if (error) return <ProblemAlert error={error} retry={() => void campaign.refetch()} />;
  if (!campaign.data || !organization.data) return <Loading lines={8} />;
  return (
    <Page title={campaign.data.name} back={{ to: "/campaigns", label: texts.campaigns.title }}>
      {campaign.data.status === "draft" ? (
        <>
          <Steps campaignId={campaignId} />
          {campaign.data.body === null ? (
            <Empty title={texts.compose.needsBody}>
              <ToText campaignId={campaignId} label={texts.check.back} />
            </Empty>
          ) : campaign.data.resend?.ready === false ? (
            <Section title={texts.check.audience}>
              <ResendOf resend={campaign.data.resend} />
            </Section>
          ) : (
            <Quoted campaign={campaign.data} text={campaign.data.body} organization={organization.data} />
          )}
        </>
      ) : (
        <Empty title={texts.compose.gone}>
          <ToText campaignId={campaignId} label={texts.check.see} />
        </Empty>
      )}
    </Page>
  );
}

function ToText({ campaignId, label }: { campaignId: string; label: string }) {
  return (
    <Anchor
      size="sm"
      renderRoot={(props) => <Link to="/campaigns/$campaignId" params={{ campaignId }} {...props} />}
    >
      {label}
    </Anchor>
  );
}

interface Props {
  campaign: Campaign;
  text: string;
  organization: Organization;
}

function Quoted({ campaign, text, organization }: Props) {
  const { id: campaignId, organizationId, updatedAt } = campaign;
  const quote = useQuery(quoteQuery(organizationId, campaignId, updatedAt));
  if (quote.isError) return <ProblemAlert error={quote.error} retry={() => void quote.refetch()} />;
  if (quote.isPending || "progress" in quote.data) {
    const share = quote.data && "progress" in quote.data ? quote.data.progress : undefined;
    return (
      <Stack gap="md">
        <Text c="dimmed" role="status">
          {texts.check.quoting(share)}
        </Text>
        <Loading lines={6} />
      </Stack>
    );
  }
  const { recipients, encoding, partsEach, totalParts, price, quotedAt } = quote.data;
  const isTemplated = campaign.bodyFormat === "template";
  const cheaper = isTemplated ? partsEach : partsOf(replaceAll(text)).count;
  if (recipients === 0) {
    return (
      <Empty title={emptyTitle(campaign)}>
        <ToText campaignId={campaignId} label={texts.check.back} />
        {campaign.resend === null && (
          <Button variant="default" renderRoot={(props) => <Link to="/imports" {...props} />}>
            {texts.home.importContacts}
          </Button>
        )}
      </Empty>
    );
  }
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Section title={texts.check.audience}>
          <Figure value={count(recipients)} unit={texts.check.recipientsUnit(recipients)} />
          <WhoGetsIt campaign={campaign} />
          <Text size="sm" c="dimmed" mt={6}>
            {texts.check.counted(time(quotedAt))}
          </Text>
        </Section>
        <Section title={texts.check.price}>
          {price ? (
            <Figure value={money(price.amount, price.currency)} unit="" />
          ) : (
            <Figure value={count(totalParts)} unit={texts.check.partsUnit(totalParts)} />
          )}
          <Text size="sm">
            {isTemplated
              ? `${texts.check.upTo(partsEach, encoding)}: ${texts.check.parts(totalParts)}`
              : `${count(recipients)} × ${texts.check.partsEach(partsEach, encoding)} = ${texts.check.parts(totalParts)}`}
          </Text>
          {price && cheaper < partsEach && (
            <Text size="sm" mt={6}>
              {texts.check.cheaper(
                money(String((Number(price.amount) / partsEach) * cheaper), price.currency),
              )}
            </Text>
          )}
          {!price && (
            <Text size="sm" c="dimmed" mt={6}>
              {texts.check.noPrices}
            </Text>
          )}
          {price && price.unpricedRecipients > 0 && (
            <Text size="sm" c="dimmed" mt={6}>
              {texts.check.unpriced(price.unpricedRecipients)}
            </Text>
          )}
        </Section>
        <Section
          title={texts.check.text}
          actions={<ToText campaignId={campaignId} label={texts.check.edit} />}
        >
          <div className={classes.text}>{text}</div>
        </Section>
        <Section title={texts.check.sender}>
          <Text size="lg" fw={550} className="number">
            {phone(organization.senderPhone)}
          </Text>
          <Text size="sm" mt={4}>
            {texts.check.rate(organization.partsPerSecond)}
          </Text>
          <LastTest campaign={campaign} />
        </Section>
      </SimpleGrid>
      <SendForm campaign={campaign} quote={quote.data} />
    </Stack>
  );
}

function emptyTitle({ resend, target }: Campaign): string {
  if (resend !== null) return texts.resend.noOne;
  return target === null ? texts.check.noRecipients : texts.check.noneInTarget;
}

function Figure({ value, unit }: { value: string; unit: string }) {
  return (
    <Group gap={8} align="baseline" mb={6}>
      <Text span className={`number ${classes.figure}`}>
        {value}
      </Text>
      <Text span c="dimmed">
        {unit}
      </Text>
    </Group>
  );
}

function LastTest({ campaign }: { campaign: Campaign }) {
  const { id, organizationId } = campaign;
  const tests = useQuery(messagesQuery(organizationId, id, { kind: "test", least: 100 }));
  const [last] = (tests.data?.items ?? []).toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
  return (
    <Text size="sm" c="dimmed" mt={4}>
      {last
        ? texts.check.lastTest(recipient(last.to), texts.endShort[last.status].toLowerCase())
        : texts.check.noTest}
    </Text>
  );
}
