import { Anchor, Button, Group, NativeSelect, Text } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useDeferredValue, useMemo } from "react";
import type { Campaign } from "../api/client";
import { Chips } from "../components/Chips";
import { Empty } from "../components/Empty";
import { Loading } from "../components/Loading";
import { LongGrid } from "../components/LongGrid";
import { NewCampaign } from "../components/NewCampaign";
import { Page } from "../components/Page";
import { ProblemAlert } from "../components/ProblemAlert";
import { SearchInput } from "../components/SearchInput";
import { FILTERS, filterOf } from "../lib/campaign";
import { count } from "../lib/format";
import { useCampaigns } from "../lib/use-campaigns";
import { texts } from "../texts";
import { COLUMNS } from "./campaigns/columns";

const route = getRouteApi("/campaigns");

/** Dense and quick: filters and search work on everything that is loaded. */
export function Campaigns() {
  const { show, tag, q: typed } = route.useSearch();
  // The next keystroke does not wait for the table.
  const q = useDeferredValue(typed);
  const navigate = route.useNavigate();
  const isArchive = show === "archived";
  const current = useCampaigns();
  const archive = useCampaigns({ archived: true, enabled: isArchive });
  const { query, campaigns, isLoadingMore, isTruncated } = isArchive ? archive : current;
  const found = useMemo(() => current.campaigns.filter(wanted(q, tag)), [current.campaigns, q, tag]);
  const shown = useMemo(
    () =>
      isArchive
        ? campaigns.filter(wanted(q, tag))
        : found.filter((campaign) => show === undefined || filterOf(campaign) === show),
    [isArchive, campaigns, found, show, q, tag],
  );
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
                value={typed ?? ""}
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
            <LongGrid label={texts.campaigns.title} columns={COLUMNS} rows={shown} rowKey={keyOf} />
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

const keyOf = ({ id }: Campaign) => id;

/** Whether a campaign has the tag and every word of the search. */
function wanted(q: string | undefined, tag: string | undefined): (campaign: Campaign) => boolean {
  const words = (q ?? "").toLowerCase().split(/\s+/);
  return ({ name, body, tags }) => {
    if (tag !== undefined && !tags.includes(tag)) return false;
    const text = `${name} ${body ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
}
