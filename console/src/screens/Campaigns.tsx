import { Anchor, Button, Group, NativeSelect, Text } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Campaign, MessageStatus } from "../api/client";
import { Chips } from "../components/Chips";
import { StageLabel } from "../components/Dot";
import { Empty } from "../components/Empty";
import { type Column, Grid } from "../components/Grid";
import { Loading } from "../components/Loading";
import { NewCampaign } from "../components/NewCampaign";
import { Page } from "../components/Page";
import { ProblemAlert } from "../components/ProblemAlert";
import { SearchInput } from "../components/SearchInput";
import { Time } from "../components/Time";
import { FILTERS, filterOf } from "../lib/campaign";
import { count, percent } from "../lib/format";
import { changedBy } from "../lib/people";
import { useCampaigns } from "../lib/use-campaigns";
import { texts } from "../texts";
import classes from "./Campaigns.module.css";

const route = getRouteApi("/campaigns");

/** Dense and quick: filters and search work on everything that is loaded. */
export function Campaigns() {
  const { show, tag, q } = route.useSearch();
  const navigate = route.useNavigate();
  const isArchive = show === "archived";
  const current = useCampaigns();
  const archive = useCampaigns({ archived: true, enabled: isArchive });
  const { query, campaigns, isLoadingMore, isTruncated } = isArchive ? archive : current;
  const isWanted = (campaign: Campaign) =>
    matches(campaign, q) && (tag === undefined || campaign.tags.includes(tag));
  const found = current.campaigns.filter(isWanted);
  const shown = isArchive
    ? campaigns.filter(isWanted)
    : found.filter((campaign) => show === undefined || filterOf(campaign) === show);
  const tags = useMemo(() => tagsIn(campaigns, tag), [campaigns, tag]);
  const choices = [
    { value: "all" as const, label: texts.campaigns.all, count: count(found.length) },
    ...FILTERS.map((filter) => ({
      value: filter,
      label: texts.campaigns.filters[filter],
      count: count(found.filter((campaign) => filterOf(campaign) === filter).length),
    })),
    { value: "archived" as const, label: texts.campaigns.archived },
  ];
  const change = (search: Partial<ReturnType<typeof route.useSearch>>) =>
    navigate({ search: (before) => ({ ...before, ...search }), replace: true });
  return (
    <Page title={texts.campaigns.title} actions={<NewCampaign />}>
      {query.isError && <ProblemAlert error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <Loading lines={8} />}
      {query.isSuccess && campaigns.length === 0 && !isArchive && (
        <Empty title={texts.campaigns.empty} lead={texts.campaigns.emptyLead}>
          <NewCampaign />
          <Anchor size="sm" renderRoot={(props) => <Link to="/imports" {...props} />}>
            {texts.home.importContacts}
          </Anchor>
        </Empty>
      )}
      {(campaigns.length > 0 || isArchive) && (
        <>
          <Group justify="space-between" gap="sm">
            <Chips
              label={texts.campaigns.filterLabel}
              value={show ?? "all"}
              choices={choices}
              onChange={(value) => change({ show: value === "all" ? undefined : value })}
            />
            <Group gap="xs">
              {tags.length > 0 && (
                <NativeSelect
                  aria-label={texts.campaigns.tag}
                  w={{ base: "100%", xs: 160 }}
                  value={tag ?? ""}
                  data={[
                    { value: "", label: texts.campaigns.anyTag },
                    ...tags.map((name) => ({ value: name, label: name })),
                  ]}
                  onChange={(event) => change({ tag: event.currentTarget.value || undefined })}
                />
              )}
              <SearchInput
                label={texts.campaigns.search}
                value={q ?? ""}
                onChange={(value) => change({ q: value || undefined })}
              />
            </Group>
          </Group>
          {query.isSuccess && shown.length === 0 && (
            <Empty
              title={
                isArchive && campaigns.length === 0 ? texts.campaigns.noneArchived : texts.campaigns.noMatch
              }
              lead={
                isArchive && campaigns.length === 0
                  ? texts.campaigns.noneArchivedLead
                  : texts.campaigns.noMatchLead
              }
            >
              <Button
                variant="default"
                onClick={() => change({ show: undefined, tag: undefined, q: undefined })}
              >
                {texts.campaigns.showAll}
              </Button>
            </Empty>
          )}
          {shown.length > 0 && (
            <Grid label={texts.campaigns.title} columns={COLUMNS} rows={shown} rowKey={({ id }) => id} />
          )}
          {isLoadingMore && (
            <Text size="sm" c="dimmed" role="status">
              {texts.campaigns.loadingMore}
            </Text>
          )}
          {isTruncated && (
            <Text size="sm" c="dimmed">
              {texts.campaigns.truncated(campaigns.length)}
            </Text>
          )}
        </>
      )}
    </Page>
  );
}

/** The tags to choose from, with the one that is chosen. */
function tagsIn(campaigns: Campaign[], tag: string | undefined): string[] {
  return [...new Set([...campaigns.flatMap(({ tags }) => tags), ...(tag === undefined ? [] : [tag])])].sort();
}

function matches(campaign: Campaign, q: string | undefined): boolean {
  const words = (q ?? "").toLowerCase().split(/\s+/);
  const text = `${campaign.name} ${campaign.body ?? ""}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** A number that leads to the messages that it counts. */
function Counted({ campaign, status, text }: { campaign: Campaign; status: MessageStatus; text: string }) {
  return (
    <Link
      to="/campaigns/$campaignId/messages"
      params={{ campaignId: campaign.id }}
      search={{ status }}
      className="plain"
    >
      {text}
    </Link>
  );
}

function some(campaign: Campaign, status: "failed" | "unknown") {
  const number = campaign.counts?.[status] ?? 0;
  return number === 0 ? texts.app.none : <Counted campaign={campaign} status={status} text={count(number)} />;
}

function when(campaign: Campaign) {
  const at = campaign.sentAt ?? campaign.scheduledAt ?? campaign.cancelledAt;
  if (at !== null) return <Time at={at} />;
  return (
    <Text span inherit c="dimmed">
      {texts.campaigns.edited} <Time at={campaign.updatedAt} />
    </Text>
  );
}

const COLUMNS: Column<Campaign>[] = [
  {
    key: "name",
    title: texts.campaigns.name,
    cell: (campaign) => (
      <>
        <Anchor
          inherit
          fw={500}
          className={classes.name}
          renderRoot={(props) => (
            <Link to="/campaigns/$campaignId" params={{ campaignId: campaign.id }} {...props} />
          )}
        >
          {campaign.name}
        </Anchor>
        {campaign.tags.length > 0 && (
          <Text size="xs" c="dimmed" className={classes.name}>
            {campaign.tags.join(", ")}
          </Text>
        )}
      </>
    ),
  },
  { key: "status", title: texts.campaigns.status, cell: (campaign) => <StageLabel campaign={campaign} /> },
  {
    key: "recipients",
    title: texts.campaigns.recipients,
    isNumber: true,
    cell: ({ audience }) => (audience === null ? texts.app.none : count(audience.recipients)),
  },
  {
    key: "delivered",
    title: texts.campaigns.delivered,
    isNumber: true,
    cell: (campaign) =>
      campaign.counts === null ? (
        texts.app.none
      ) : (
        <Counted
          campaign={campaign}
          status="delivered"
          text={percent(campaign.counts.delivered, campaign.counts.total)}
        />
      ),
  },
  {
    key: "failed",
    title: texts.campaigns.failed,
    isNumber: true,
    isMinor: true,
    cell: (c) => some(c, "failed"),
  },
  {
    key: "unknown",
    title: texts.campaigns.unknown,
    isNumber: true,
    isMinor: true,
    cell: (c) => some(c, "unknown"),
  },
  { key: "when", title: texts.campaigns.when, cell: when },
  {
    key: "by",
    title: texts.campaigns.by,
    isMinor: true,
    cell: (campaign) => changedBy(campaign.changedBy),
  },
];
