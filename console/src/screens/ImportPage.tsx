import { Alert, Button, Group, Progress, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { api, body, type Import, once } from "../api/client";
import { importQuery } from "../api/queries";
import { Confirm } from "../components/Confirm";
import { Curl } from "../components/Curl";
import { ToneLabel } from "../components/Dot";
import { Loading } from "../components/Loading";
import { NewCampaign } from "../components/NewCampaign";
import { Page } from "../components/Page";
import { ProblemAlert, sentence } from "../components/ProblemAlert";
import { IMPORT_TONES, isOver } from "../lib/import";
import { recentImports } from "../lib/recent-imports";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";
import { Figures } from "./imports/Figures";
import { Rejected } from "./imports/Rejected";
import { Warnings } from "./imports/Warnings";

const route = getRouteApi("/imports/$importId");
const t = texts.imports;

/** An import while it runs and afterwards; rejected rows with their reasons. */
export function ImportPage() {
  const { importId } = route.useParams();
  const { organizationId } = useSession();
  const queries = useQueryClient();
  const found = useQuery(importQuery(organizationId, importId));
  const status = found.data?.status;
  useEffect(() => {
    if (status !== "done" && status !== "cancelled" && status !== "undone") return;
    for (const list of ["contacts", "unsubscribes", "imports", "preview", "quote"])
      void queries.invalidateQueries({ queryKey: [organizationId, list] });
  }, [status, organizationId, queries]);
  if (found.isPending) return <Loading lines={6} />;
  if (found.isError) return <ProblemAlert error={found.error} retry={() => void found.refetch()} />;
  const file = recentImports().find(({ id }) => id === importId)?.file;
  const { encoding, reason, undo, dryRun, exact } = found.data;
  return (
    <Page
      title={file ?? t.one}
      aside={<ToneLabel tone={IMPORT_TONES[found.data.status]} label={t.status[found.data.status]} />}
      back={{ to: "/imports", label: t.title }}
      actions={
        <>
          <Curl method="GET" path={`/v1/organizations/${organizationId}/contacts/imports/${importId}`} />
          <Actions found={found.data} />
        </>
      }
    >
      {dryRun && (
        <Alert color="orange" title={t.dryRun}>
          {t.dryRunLead}
        </Alert>
      )}
      {!isOver(found.data) && (
        <>
          <Progress value={100} animated aria-label={t.status[found.data.status]} />
          <Text size="sm" c="dimmed">
            {status === "undoing" ? t.canLeaveUndo : t.canLeave}
          </Text>
        </>
      )}
      {reason && (
        <Alert color="red" title={t.status.failed}>
          {sentence(reason)}
        </Alert>
      )}
      {undo && (
        <Alert color="orange" title={t.status[found.data.status]}>
          {t.undoResult(undo.removed, undo.keptChanged + undo.keptNamed)}
        </Alert>
      )}
      <Warnings found={found.data} />
      <Figures found={found.data} />
      {!exact && (
        <Text size="sm" c="dimmed">
          {t.inexact}
        </Text>
      )}
      {status === "done" && !dryRun && (
        <Group gap="xs">
          <NewCampaign />
          <Button variant="default" renderRoot={(props) => <Link to="/contacts" {...props} />}>
            {t.see}
          </Button>
          {encoding && (
            <Text size="sm" c="dimmed">
              {t.encoding}: {encoding}
            </Text>
          )}
        </Group>
      )}
      <Rejected found={found.data} />
    </Page>
  );
}

/** Canceling and undoing, each with what it does to how many. */
function Actions({ found }: { found: Import }) {
  const { canSend } = useSession();
  const queries = useQueryClient();
  const { organizationId, id: importId, status, created, dryRun } = found;
  if (!canSend) return null;
  const act = (verb: "cancel" | "undo") => async () => {
    const after = await body(
      api.POST(`/v1/organizations/{organizationId}/contacts/imports/{importId}/${verb}`, {
        params: { path: { organizationId, importId }, header: once() },
      }),
    );
    queries.setQueryData(importQuery(organizationId, importId).queryKey, after);
  };
  if (status === "uploading" || status === "pending" || status === "running") {
    return (
      <Confirm
        label={t.cancel}
        title={t.cancelTitle}
        lead={t.cancelLead}
        confirm={t.cancelDo}
        isDangerous
        action={act("cancel")}
      />
    );
  }
  const canUndo = (status === "done" || status === "cancelled" || status === "failed") && created > 0;
  if (!canUndo || dryRun) return null;
  return (
    <Confirm
      label={t.undo}
      title={t.undoTitle}
      lead={t.undoLead}
      confirm={t.undoDo(created)}
      isDangerous
      action={act("undo")}
    />
  );
}
