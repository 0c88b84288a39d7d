import { Anchor, Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { Unsubscribe } from "../api/client";
import { unsubscribeQuery, unsubscribesQuery } from "../api/queries";
import { CampaignName } from "../components/CampaignName";
import { Curl } from "../components/Curl";
import { Empty } from "../components/Empty";
import { ExportButton } from "../components/ExportButton";
import { type Column, Grid } from "../components/Grid";
import { Loading } from "../components/Loading";
import { Page } from "../components/Page";
import { Pages } from "../components/Pages";
import { PersonLink } from "../components/PersonLink";
import { PhoneLookUp } from "../components/PhoneLookUp";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { phone as shown } from "../lib/format";
import { changedBy } from "../lib/people";
import { recipient } from "../lib/recipient";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";
import { AddUnsubscribe } from "./unsubscribes/AddUnsubscribe";
import { Lift } from "./unsubscribes/Lift";
import { ProvidersList } from "./unsubscribes/ProvidersList";

const route = getRouteApi("/unsubscribes");
const t = texts.unsubscribes;

/** Phones that are never texted, and why. */
export function Unsubscribes() {
  const { cursor, phone, campaign } = route.useSearch();
  const navigate = route.useNavigate();
  const { organizationId, canSend } = useSession();
  return (
    <Page
      title={t.title}
      lead={t.lead}
      actions={
        <>
          <Curl method="GET" path={`/v1/organizations/${organizationId}/unsubscribes`} />
          <ExportButton kind="unsubscribes" />
          {canSend && <AddUnsubscribe />}
        </>
      }
    >
      <Group gap="xs">
        <PhoneLookUp
          label={t.lookUp}
          phone={phone}
          onLook={(found) => void navigate({ search: found === undefined ? {} : { phone: found } })}
        />
        {phone !== undefined && (
          <Button variant="default" onClick={() => void navigate({ search: {} })}>
            {texts.campaigns.showAll}
          </Button>
        )}
      </Group>
      {phone === undefined && campaign !== undefined && <OfCampaign campaignId={campaign} />}
      {phone === undefined ? <All cursor={cursor} campaign={campaign} /> : <One phone={phone} />}
      {phone === undefined && campaign === undefined && <ProvidersList />}
    </Page>
  );
}

function One({ phone }: { phone: string }) {
  const { organizationId } = useSession();
  const found = useQuery(unsubscribeQuery(organizationId, phone));
  if (found.isPending) return <Loading lines={2} />;
  if (found.isError) return <ProblemAlert error={found.error} />;
  if (found.data === null) {
    return (
      <Empty title={t.notUnsubscribed(shown(phone))}>
        <PersonLink phone={phone}>{texts.person.link}</PersonLink>
      </Empty>
    );
  }
  return <List rows={[{ ...found.data, phone }]} />;
}

/** Says that only one campaign's are listed, and leads back to all. */
function OfCampaign({ campaignId }: { campaignId: string }) {
  return (
    <Group gap="md">
      <Group gap={6}>
        <Text size="sm">{t.byReplyTo}</Text>
        <Text size="sm" fw={550} component="div">
          <CampaignName campaignId={campaignId} />
        </Text>
      </Group>
      <Anchor size="sm" renderRoot={(props) => <Link to="/unsubscribes" {...props} />}>
        {texts.campaigns.showAll}
      </Anchor>
    </Group>
  );
}

function All({ cursor, campaign }: { cursor: string | undefined; campaign: string | undefined }) {
  const { organizationId } = useSession();
  const list = useQuery(unsubscribesQuery(organizationId, cursor, campaign));
  return (
    <>
      {list.isPending && <Loading lines={8} />}
      {list.isError && <ProblemAlert error={list.error} retry={() => void list.refetch()} />}
      {list.data?.items.length === 0 && list.data.nextCursor === null && (
        <Empty title={t.empty} lead={t.emptyLead} />
      )}
      {list.data && list.data.items.length > 0 && <List rows={list.data.items} />}
      <Pages cursor={cursor} next={list.data?.nextCursor} />
    </>
  );
}

function List({ rows }: { rows: Unsubscribe[] }) {
  const { canSend } = useSession();
  const lift: Column<Unsubscribe> = {
    key: "lift",
    title: texts.app.actions,
    isNumber: true,
    // What is kept of an erased person is lifted by their phone, on the search above.
    cell: ({ phone, source }) => phone !== null && <Lift phone={phone} source={source} />,
  };
  return (
    <Grid
      label={t.title}
      columns={canSend ? [...COLUMNS, lift] : COLUMNS}
      rows={rows}
      rowKey={({ phone, erasedHash }) => phone ?? erasedHash ?? ""}
    />
  );
}

/** How the evidence begins that is not a code, but the name of an opt-out list. */
const OF_LIST = "opt-out list ";

const COLUMNS: Column<Unsubscribe>[] = [
  {
    key: "phone",
    title: t.phone,
    cell: ({ phone }) => (
      <span className="number">
        <PersonLink phone={phone} otherwise={recipient(phone)}>
          {recipient(phone)}
        </PersonLink>
      </span>
    ),
  },
  { key: "since", title: t.since, cell: ({ unsubscribedAt }) => <Time at={unsubscribedAt} /> },
  {
    key: "source",
    title: t.source,
    cell: ({ source, changedBy: actor }) =>
      source === "api" && actor?.name ? changedBy(actor) : t.sources[source],
  },
  {
    key: "evidence",
    title: t.evidence,
    wraps: true,
    cell: ({ evidence, source }) =>
      evidence !== null && source === "provider" && !evidence.startsWith(OF_LIST)
        ? t.code(evidence)
        : (evidence ?? texts.app.none),
  },
  {
    key: "campaign",
    title: t.campaign,
    isMinor: true,
    cell: ({ campaignId }) =>
      campaignId === null ? texts.app.none : <CampaignName campaignId={campaignId} />,
  },
];
