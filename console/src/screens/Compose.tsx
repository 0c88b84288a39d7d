import { Alert, Button, Checkbox, Group, Stack, Text, TextInput } from "@mantine/core";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, body, type Campaign } from "../api/client";
import { asFailure } from "../api/problem";
import { campaignsQuery } from "../api/queries";
import { textPreviewQuery } from "../api/segments";
import { Confirm } from "../components/Confirm";
import { Curl } from "../components/Curl";
import { Page } from "../components/Page";
import { PhonePreview } from "../components/PhonePreview";
import { fieldError, ProblemAlert, sentence } from "../components/ProblemAlert";
import { ResendOf } from "../components/ResendOf";
import { Section } from "../components/Section";
import { Steps } from "../components/Steps";
import { fits, hasBraces, isTemplate, requestOf, useDraft } from "../lib/use-draft";
import { hasWayOut } from "../lib/way-out";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";
import classes from "./Compose.module.css";
import { Audience } from "./compose/Audience";
import { Editor } from "./compose/Editor";
import { Rendered } from "./compose/Rendered";
import { Tags } from "./compose/Tags";
import { Templates } from "./compose/Templates";
import { TestMessage } from "./compose/TestMessage";

/** The fields that show what the API refuses. */
const SHOWN = ["name", "body", "tags"];

/** Writing the text: what it costs, and what it looks like on a phone. */
export default function Compose({ campaign }: { campaign: Campaign }) {
  const { canSend, organizationId } = useSession();
  const { draft, change, flush, startFrom, save, isSaved, isValid } = useDraft(campaign);
  const isTemplated = isTemplate(draft);
  const texted = useQuery({
    ...textPreviewQuery(organizationId, campaign.id, campaign.updatedAt),
    enabled: isTemplated && isSaved && campaign.body !== null,
    placeholderData: keepPreviousData,
  });
  const most = texted.data?.mostParts;
  const [isLeaving, setLeaving] = useState(false);
  const navigate = useNavigate();
  const queries = useQueryClient();
  const path = { organizationId, campaignId: campaign.id };
  const isNew = campaign.name === texts.campaigns.untitled && campaign.body === null;
  const failure = save.error ? asFailure(save.error) : null;
  const isElsewhere = failure !== null && !SHOWN.some((name) => name in failure.fields);
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
            body={requestOf(draft)}
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
      {isElsewhere && <ProblemAlert error={failure} />}
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
            rendered={
              isTemplated
                ? { most: most ? { parts: most.parts, encoding: most.encoding ?? "" } : null }
                : null
            }
            onChange={(text) => change({ body: text })}
          />
          {hasBraces(draft.body) && (
            <Checkbox
              label={texts.compose.literal}
              checked={draft.isLiteral}
              disabled={!canSend}
              onChange={(event) => change({ isLiteral: event.currentTarget.checked })}
            />
          )}
          {isTemplated && !fits(draft) && (
            <Text size="sm" c="var(--mantine-color-error)" role="alert">
              {texts.compose.templateTooLong}
            </Text>
          )}
          {campaign.warnings.map((warning) => (
            <Alert key={warning} color="orange">
              {sentence(warning)}
            </Alert>
          ))}
          {canSend && <Templates campaign={campaign} draft={draft} startFrom={startFrom} />}
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
          <Tags
            initial={campaign.tags}
            readOnly={!canSend}
            error={fieldError(texts.compose.tags, failure?.fields.tags)}
            onChange={(tags) => change({ tags })}
          />
          <Section title={texts.check.audience}>
            {campaign.resend ? (
              <ResendOf resend={campaign.resend} />
            ) : (
              <Audience
                target={draft.target === undefined ? campaign.target : draft.target}
                readOnly={!canSend}
                onChange={(target) => change({ target })}
              />
            )}
          </Section>
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
        {isTemplated ? (
          texted.isError ? (
            <ProblemAlert error={texted.error} retry={() => void texted.refetch()} />
          ) : (
            <Rendered body={draft.body} preview={texted.data} />
          )
        ) : (
          <PhonePreview body={draft.body} />
        )}
      </div>
    </Page>
  );
}
