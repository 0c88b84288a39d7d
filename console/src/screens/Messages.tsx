import { Anchor, Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { Message, MessageStatus } from "../api/client";
import { type MessageFilter, messagesQuery } from "../api/messages";
import { campaignQuery } from "../api/queries";
import { Chips } from "../components/Chips";
import { Curl } from "../components/Curl";
import { EndLabel } from "../components/Dot";
import { Empty } from "../components/Empty";
import { ExportButton } from "../components/ExportButton";
import { type Column, Grid } from "../components/Grid";
import { Loading } from "../components/Loading";
import { Page } from "../components/Page";
import { Pages } from "../components/Pages";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { balanceOf, ENDS } from "../lib/campaign";
import { count } from "../lib/format";
import { recipient } from "../lib/recipient";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";
import { Filters } from "./messages/Filters";

const route = getRouteApi("/campaigns/$campaignId/messages");
type Choice = MessageStatus | "all" | "test";

/** A campaign's messages, by what happened to them. Every filter is in the address. */
export function Messages() {
  const { campaignId } = route.useParams();
  const search = route.useSearch();
  const { status, kind, cursor } = search;
  const navigate = route.useNavigate();
  const { organizationId } = useSession();
  const campaign = useQuery(campaignQuery(organizationId, campaignId));
  const messages = useQuery({
    ...messagesQuery(organizationId, campaignId, search),
    // While a campaign is sent, its messages change.
    refetchInterval: campaign.data?.dispatch === "running" ? 10_000 : false,
  });
  const balance = campaign.data ? balanceOf(campaign.data) : null;
  const choices: { value: Choice; label: string; count?: string }[] = [
    { value: "all", label: texts.messages.all, ...(balance ? { count: count(balance.recipients) } : {}) },
    ...ENDS.map((end) => ({
      value: end,
      label: texts.endShort[end],
      ...(balance ? { count: count(balance.ends[end]) } : {}),
    })),
    { value: "test", label: texts.messages.tests },
  ];
  const { cursor: _, kind: __, status: ___, ...others } = search;
  const choose = (choice: Choice) => {
    if (choice === "test") return navigate({ search: { kind: "test" } });
    // Only failed messages have a reason and a code.
    const { reason, code, ...rest } = others;
    if (choice === "failed") return navigate({ search: { ...others, status: choice } });
    return navigate({ search: choice === "all" ? rest : { ...rest, status: choice } });
  };
  return (
    <Page
      title={texts.messages.title}
      back={{
        to: "/campaigns/$campaignId",
        params: { campaignId },
        label: campaign.data?.name ?? texts.campaigns.title,
      }}
      actions={
        <>
          <Curl
            method="GET"
            path={`/v1/organizations/${organizationId}/campaigns/${campaignId}/messages${written(search)}`}
          />
          <ExportButton kind="messages" campaignId={campaignId} />
        </>
      }
    >
      <Chips
        label={texts.messages.status}
        value={kind ?? status ?? "all"}
        choices={choices}
        onChange={choose}
      />
      {kind !== "test" && campaign.data && <Filters campaign={campaign.data} />}
      {messages.isPending && <Loading lines={8} />}
      {messages.isError && <ProblemAlert error={messages.error} retry={() => void messages.refetch()} />}
      {messages.data?.items.length === 0 && messages.data.nextCursor === null && (
        <Empty title={texts.messages.empty} lead={texts.messages.emptyLead}>
          <Button variant="default" onClick={() => void navigate({ search: {} })}>
            {texts.campaigns.showAll}
          </Button>
        </Empty>
      )}
      {messages.data && messages.data.items.length > 0 && (
        <Grid
          label={texts.messages.title}
          columns={COLUMNS}
          rows={messages.data.items}
          rowKey={({ id }) => id}
        />
      )}
      <Pages cursor={cursor} next={messages.data?.nextCursor} />
    </Page>
  );
}

/** The filters as the API's query. */
function written({ cursor: _, ...filters }: MessageFilter): string {
  const query = new URLSearchParams(
    Object.entries(filters).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  ).toString();
  return query && `?${query}`;
}

const COLUMNS: Column<Message>[] = [
  {
    key: "phone",
    title: texts.messages.phone,
    cell: ({ id, campaignId, to, status }) => {
      // A pending message can be read only once a worker has claimed it.
      if (status === "pending" || campaignId === null) return <span className="number">{recipient(to)}</span>;
      return (
        <Anchor
          inherit
          className="number"
          renderRoot={(props) => (
            <Link
              to="/campaigns/$campaignId/messages/$messageId"
              params={{ campaignId, messageId: id }}
              {...props}
            />
          )}
        >
          {recipient(to)}
        </Anchor>
      );
    },
  },
  { key: "status", title: texts.messages.status, cell: ({ status }) => <EndLabel end={status} /> },
  {
    key: "reason",
    title: texts.messages.reason,
    wraps: true,
    cell: ({ errorReason }) => (errorReason ? texts.failures[errorReason][0] : texts.app.none),
  },
  {
    key: "code",
    title: texts.messages.code,
    isMinor: true,
    cell: ({ errorCode }) => errorCode ?? texts.app.none,
  },
  {
    key: "parts",
    title: texts.messages.parts,
    isNumber: true,
    isMinor: true,
    cell: ({ parts }) => count(parts),
  },
  {
    key: "updated",
    title: texts.messages.updated,
    isMinor: true,
    cell: ({ updatedAt }) => <Time at={updatedAt} />,
  },
];
