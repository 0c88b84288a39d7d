import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { SkippedContact, SkipReason } from "../api/client";
import { campaignQuery, contactQuery } from "../api/queries";
import { skippedQuery } from "../api/segments";
import { Chips } from "../components/Chips";
import { Curl } from "../components/Curl";
import { Empty } from "../components/Empty";
import { ExportButton } from "../components/ExportButton";
import { type Column, Grid } from "../components/Grid";
import { Loading } from "../components/Loading";
import { Page } from "../components/Page";
import { Pages } from "../components/Pages";
import { ProblemAlert } from "../components/ProblemAlert";
import { SKIPS } from "../lib/campaign";
import { count } from "../lib/format";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";
import { nameOf } from "./contacts/name";

const route = getRouteApi("/campaigns/$campaignId/skipped");
const t = texts.left;

/** The contacts that a campaign left out, by reason. */
export function Skipped() {
  const { campaignId } = route.useParams();
  const { reason, cursor } = route.useSearch();
  const navigate = route.useNavigate();
  const { organizationId } = useSession();
  const campaign = useQuery(campaignQuery(organizationId, campaignId));
  const skipped = useQuery(skippedQuery(organizationId, campaignId, { reason, cursor }));
  const counts = campaign.data?.audience?.skipped;
  const choices: { value: SkipReason | "all"; label: string; count?: string }[] = [
    { value: "all", label: texts.messages.all },
    ...SKIPS.filter((skip) => skip === reason || counts === undefined || counts[skip] > 0).map((skip) => ({
      value: skip,
      label: texts.skipped[skip],
      ...(counts ? { count: count(counts[skip]) } : {}),
    })),
  ];
  return (
    <Page
      title={t.title}
      back={{
        to: "/campaigns/$campaignId",
        params: { campaignId },
        label: campaign.data?.name ?? texts.campaigns.title,
      }}
      actions={
        <>
          <Curl
            method="GET"
            path={`/v1/organizations/${organizationId}/campaigns/${campaignId}/skipped${reason ? `?reason=${reason}` : ""}`}
          />
          <ExportButton kind="skipped" campaignId={campaignId} />
        </>
      }
    >
      <Chips
        label={t.reason}
        value={reason ?? "all"}
        choices={choices}
        onChange={(choice) => void navigate({ search: choice === "all" ? {} : { reason: choice } })}
      />
      {skipped.isPending && <Loading lines={6} />}
      {skipped.isError && <ProblemAlert error={skipped.error} retry={() => void skipped.refetch()} />}
      {skipped.data?.items.length === 0 && skipped.data.nextCursor === null && <Empty title={t.empty} />}
      {skipped.data && skipped.data.items.length > 0 && (
        <Grid
          label={t.title}
          columns={columnsOf(skipped.data.items)}
          rows={skipped.data.items}
          rowKey={({ contactId, reason: why }) => `${contactId} ${why}`}
        />
      )}
      <Pages cursor={cursor} next={skipped.data?.nextCursor} />
    </Page>
  );
}

function Name({ contactId }: { contactId: string }) {
  const { organizationId } = useSession();
  const contact = useQuery({ ...contactQuery(organizationId, contactId), staleTime: 60_000 });
  if (contact.isError) return t.gone;
  return (
    <Anchor
      inherit
      renderRoot={(props) => <Link to="/contacts/$contactId" params={{ contactId }} {...props} />}
    >
      {contact.data ? nameOf(contact.data) : texts.app.loading}
    </Anchor>
  );
}

/** Most reasons say everything; only some have a detail. */
function columnsOf(rows: SkippedContact[]): Column<SkippedContact>[] {
  const hasDetails = rows.some(({ detail, changedSince }) => detail !== null || changedSince);
  return COLUMNS.filter(({ key }) => key !== "detail" || hasDetails);
}

const COLUMNS: Column<SkippedContact>[] = [
  { key: "contact", title: t.contact, cell: ({ contactId }) => <Name contactId={contactId} /> },
  { key: "reason", title: t.reason, cell: ({ reason }) => texts.skipped[reason] },
  {
    key: "detail",
    title: t.detail,
    wraps: true,
    cell: ({ detail, changedSince }) =>
      detail ? t.details[detail] : changedSince ? t.changed : texts.app.none,
  },
];
