import { Button, Group, NativeSelect } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { Inbound } from "../api/client";
import { dueQuery, repliesQuery } from "../api/inbound";
import { Chips } from "../components/Chips";
import { Curl, quoted } from "../components/Curl";
import { Empty } from "../components/Empty";
import { Loading } from "../components/Loading";
import { Page } from "../components/Page";
import { Pages } from "../components/Pages";
import { PhoneLookUp } from "../components/PhoneLookUp";
import { ProblemAlert } from "../components/ProblemAlert";
import { count } from "../lib/format";
import type { RepliesSearch } from "../lib/search";
import { useCampaigns } from "../lib/use-campaigns";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";
import { Row } from "./replies/Row";
import classes from "./replies/Row.module.css";

const route = getRouteApi("/replies");
const t = texts.replies;

/** What people wrote back, and what needs a decision. Every filter is in the address. */
export function Replies() {
  const { phone, campaign, open, cursor } = route.useSearch();
  const navigate = route.useNavigate();
  const { organizationId } = useSession();
  const filters = { phone, campaign, flagged: open };
  const replies = useQuery({
    ...repliesQuery(organizationId, { ...filters, cursor }),
    placeholderData: keepPreviousData,
  });
  const due = useQuery(dueQuery(organizationId));
  /** A cursor belongs to the filters that it was made with. */
  const filter = (part: RepliesSearch) => void navigate({ search: { phone, campaign, open, ...part } });
  const query = Object.entries(filters).flatMap(([name, value]) => (value ? [[name, String(value)]] : []));
  const written = new URLSearchParams(query).toString();
  const flags = query.map(([name, value]) =>
    name === "flagged" ? " --flagged" : ` --${name} ${quoted(value ?? "")}`,
  );
  return (
    <Page
      title={t.title}
      lead={t.lead}
      actions={
        <Curl
          method="GET"
          path={`/v1/organizations/${organizationId}/inbound${written && `?${written}`}`}
          command={`volley inbound list${flags.join("")}`}
        />
      }
    >
      <Group gap="sm" justify="space-between">
        <Chips
          label={t.show}
          value={open ? "open" : "all"}
          choices={[
            { value: "all", label: t.all },
            {
              value: "open",
              label: t.open,
              ...(due.data?.nextCursor === null ? { count: count(due.data.items.length) } : {}),
            },
          ]}
          onChange={(choice) => filter({ open: choice === "open" ? true : undefined })}
        />
        <Group gap="xs" flex={{ base: "1 1 100%", xs: "0 1 auto" }}>
          <PhoneLookUp label={t.lookUp} phone={phone} onLook={(found) => filter({ phone: found })} />
          <Campaigns value={campaign} onChange={(chosen) => filter({ campaign: chosen })} />
        </Group>
      </Group>
      {replies.isPending && <Loading lines={8} />}
      {replies.isError && <ProblemAlert error={replies.error} retry={() => void replies.refetch()} />}
      {replies.data && <List rows={replies.data.items} next={replies.data.nextCursor} />}
      <Pages cursor={cursor} next={replies.data?.nextCursor} />
    </Page>
  );
}

function List({ rows, next }: { rows: Inbound[]; next: string | null }) {
  const { phone, campaign, open } = route.useSearch();
  const navigate = route.useNavigate();
  const all = (
    <Button variant="default" onClick={() => void navigate({ search: {} })}>
      {texts.campaigns.showAll}
    </Button>
  );
  if (rows.length > 0) {
    return (
      <ul className={classes.list} aria-label={t.title}>
        {rows.map((inbound) => (
          <Row key={inbound.id} inbound={inbound} />
        ))}
      </ul>
    );
  }
  if (next !== null) return null;
  if (phone !== undefined || campaign !== undefined) {
    return (
      <Empty title={t.noMatch} lead={t.noMatchLead}>
        {all}
      </Empty>
    );
  }
  if (open) {
    return (
      <Empty title={t.noneOpen} lead={t.noneOpenLead}>
        {all}
      </Empty>
    );
  }
  return <Empty title={t.empty} lead={t.emptyLead} />;
}

/** The campaigns that people can have replied to. */
function Campaigns({
  value,
  onChange,
}: {
  value: string | undefined;
  onChange: (campaign: string | undefined) => void;
}) {
  const { campaigns } = useCampaigns();
  const sent = campaigns.filter(({ id, sentAt }) => sentAt !== null || id === value);
  const isMissing = value !== undefined && !sent.some(({ id }) => id === value);
  return (
    <NativeSelect
      aria-label={t.campaign}
      w={{ base: "100%", xs: 200 }}
      value={value ?? ""}
      data={[
        { value: "", label: t.anyCampaign },
        ...(isMissing ? [{ value, label: t.campaign }] : []),
        ...sent.map(({ id, name }) => ({ value: id, label: name })),
      ]}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    />
  );
}
