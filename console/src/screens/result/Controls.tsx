import { Button, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body, type Campaign, once } from "../../api/client";
import { asFailure } from "../../api/problem";
import { campaignQuery, campaignsQuery } from "../../api/queries";
import { Confirm } from "../../components/Confirm";
import { Curl } from "../../components/Curl";
import { ExportButton } from "../../components/ExportButton";
import { sentence } from "../../components/ProblemAlert";
import { hasEnded, stageOf } from "../../lib/campaign";
import { canResend } from "../../lib/resend";
import { useDuplicate } from "../../lib/use-campaigns";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";
import { ResendButton } from "./ResendDialog";

const t = texts.campaign;
type Verb = "pause" | "resume" | "stop" | "cancel" | "archive" | "unarchive";

/** What can be done to a campaign now, and to how many messages. */
export function Controls({ campaign, pending }: { campaign: Campaign; pending: number }) {
  const { id: campaignId, organizationId } = campaign;
  const { canSend } = useSession();
  const queries = useQueryClient();
  const duplicate = useDuplicate(campaignId);
  const stage = stageOf(campaign);
  const act = (verb: Verb) => async () => {
    const init = { params: { path: { organizationId, campaignId }, header: once() } };
    const after = await body(
      api.POST(`/v1/organizations/{organizationId}/campaigns/{campaignId}/${verb}`, init),
    );
    queries.setQueryData(campaignQuery(organizationId, campaignId).queryKey, after);
    void queries.invalidateQueries({ queryKey: campaignsQuery(organizationId).queryKey });
  };
  const path = `/v1/organizations/${organizationId}/campaigns/${campaignId}`;
  const main = { sending: "pause", paused: "resume", scheduled: "cancel" } as const;
  const verb = stage in main ? main[stage as keyof typeof main] : null;
  const curl = verb ? <Curl method="POST" path={`${path}/${verb}`} /> : <Curl method="GET" path={path} />;
  if (!canSend) return curl;
  return (
    <>
      {curl}
      {stage === "scheduled" && (
        <Confirm
          label={t.cancel}
          title={t.cancelTitle}
          lead={t.cancelLead}
          confirm={t.cancelDo}
          isDangerous
          action={act("cancel")}
        />
      )}
      {stage === "sending" && (
        <Confirm
          label={t.pause}
          title={t.pauseTitle}
          lead={t.pauseLead(pending)}
          confirm={t.pauseDo(pending)}
          action={act("pause")}
        />
      )}
      {stage === "paused" && (
        <Confirm
          label={t.resume}
          title={t.resumeTitle}
          lead={t.resumeLead(pending)}
          confirm={t.resumeDo(pending)}
          action={act("resume")}
          button={{ variant: "filled" }}
        />
      )}
      {(stage === "sending" || stage === "paused") && (
        <Confirm
          label={t.stop}
          title={t.stopTitle}
          lead={t.stopLead(pending)}
          confirm={t.stopDo(pending)}
          isDangerous
          action={act("stop")}
        />
      )}
      {hasEnded(campaign) && (
        <Archive
          isArchived={campaign.archivedAt !== null}
          act={act(campaign.archivedAt === null ? "archive" : "unarchive")}
        />
      )}
      {campaign.audience !== null && <ExportButton kind="messages" campaignId={campaignId} />}
      {canResend(campaign) && <ResendButton campaign={campaign} />}
      {/* A resend is for certain people, so it has no copies. */}
      {campaign.resend === null && stage !== "sending" && stage !== "paused" && stage !== "scheduled" && (
        <Button
          variant="default"
          loading={duplicate.isPending}
          onClick={() => duplicate.mutate(t.copyOf(campaign.name))}
        >
          {t.duplicate}
        </Button>
      )}
    </>
  );
}

/** Needs no question: it is undone by the same button. */
function Archive({ isArchived, act }: { isArchived: boolean; act: () => Promise<void> }) {
  const run = useMutation({ mutationFn: act });
  return (
    <>
      {run.isError && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {sentence(asFailure(run.error).message)}
        </Text>
      )}
      <Button variant="default" loading={run.isPending} onClick={() => run.mutate()}>
        {isArchived ? t.unarchive : t.archive}
      </Button>
    </>
  );
}
