import { Alert, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, body, type Campaign } from "../api/client";
import { asFailure } from "../api/problem";
import { campaignsQuery } from "../api/queries";
import { Confirm } from "../components/Confirm";
import { Curl } from "../components/Curl";
import { Page } from "../components/Page";
import { PhonePreview } from "../components/PhonePreview";
import { fieldError, ProblemAlert } from "../components/ProblemAlert";
import { Section } from "../components/Section";
import { Steps } from "../components/Steps";
import { useDraft } from "../lib/use-draft";
import { hasWayOut } from "../lib/way-out";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";
import classes from "./Compose.module.css";
import { Editor } from "./compose/Editor";
import { TestMessage } from "./compose/TestMessage";

/** Writing the text: what it costs, and what it looks like on a phone. */
export default function Compose({ campaign }: { campaign: Campaign }) {
  const { canSend, organizationId } = useSession();
  const { draft, change, flush, save, isSaved, isValid } = useDraft(campaign);
  const [isLeaving, setLeaving] = useState(false);
  const navigate = useNavigate();
  const queries = useQueryClient();
  const path = { organizationId, campaignId: campaign.id };
  const isNew = campaign.name === texts.campaigns.untitled && campaign.body === null;
  const failure = save.error ? asFailure(save.error) : null;
  const next = async () => {
    setLeaving(true);
    try {
      await flush();
      await navigate({ to: "/campaigns/$campaignId/check", params: { campaignId: campaign.id } });
    } finally {
      setLeaving(false);
    }
  };
  const remove = async () => {
    await body(api.DELETE("/v1/organizations/{organizationId}/campaigns/{campaignId}", { params: { path } }));
    await queries.invalidateQueries({ queryKey: campaignsQuery(organizationId).queryKey });
    await navigate({ to: "/campaigns" });
  };
  const state = save.isError
    ? texts.compose.notSaved
    : save.isPending || !isSaved
      ? texts.compose.saving
      : texts.compose.saved;
  return (
    <Page
      title={draft.name || texts.campaigns.untitled}
      back={{ to: "/campaigns", label: texts.campaigns.title }}
      aside={
        canSend && (
          <Text size="sm" c="dimmed" role="status">
            {isValid ? state : texts.compose.notSaved}
          </Text>
        )
      }
      actions={
        <>
          <Curl
            method="PUT"
            path={`/v1/organizations/${organizationId}/campaigns/${campaign.id}`}
            body={draft}
          />
          {canSend && (
            <Button
              disabled={draft.body.trim() === "" || !isValid}
              loading={isLeaving}
              onClick={() => void next()}
            >
              {texts.compose.next}
            </Button>
          )}
        </>
      }
    >
      <Steps campaignId={campaign.id} />
      {failure && Object.keys(failure.fields).length === 0 && <ProblemAlert error={failure} />}
      <div className={classes.columns}>
        <Stack gap="md">
          <TextInput
            label={texts.compose.name}
            description={texts.compose.nameHint}
            value={draft.name}
            maxLength={200}
            readOnly={!canSend}
            // A new draft starts with its name.
            autoFocus={canSend && isNew}
            onFocus={(event) => isNew && event.currentTarget.select()}
            error={fieldError(texts.compose.name, failure?.fields.name)}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          <Editor
            value={draft.body}
            readOnly={!canSend}
            error={fieldError(texts.compose.body, failure?.fields.body)}
            onChange={(text) => change({ body: text })}
          />
          {canSend && draft.body.trim() !== "" && !hasWayOut(draft.body) && (
            <Alert color="orange">
              <Group justify="space-between" gap="sm">
                <Text size="sm" flex="1 1 240px">
                  {texts.compose.noWayOut}
                </Text>
                <Button
                  size="xs"
                  variant="default"
                  onClick={() => change({ body: `${draft.body.trimEnd()} ${texts.compose.wayOut}` })}
                >
                  {texts.compose.addWayOut}
                </Button>
              </Group>
            </Alert>
          )}
          {canSend && (
            <Section title={texts.compose.test}>
              <TestMessage campaign={campaign} isReady={draft.body.trim() !== "" && isValid} flush={flush} />
            </Section>
          )}
          {canSend && (
            <Group>
              <Confirm
                label={texts.compose.delete}
                title={texts.compose.deleteTitle}
                lead={texts.compose.deleteLead}
                confirm={texts.compose.delete}
                isDangerous
                action={remove}
                button={{ variant: "subtle", c: "var(--mantine-color-error)", size: "compact-sm" }}
              />
            </Group>
          )}
        </Stack>
        <PhonePreview body={draft.body} />
      </div>
    </Page>
  );
}
