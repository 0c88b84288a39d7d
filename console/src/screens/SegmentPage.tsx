import { Anchor, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useMemo, useState } from "react";
import { api, body, once, type Segment } from "../api/client";
import { asFailure } from "../api/problem";
import { segmentQuery, segmentsQuery } from "../api/segments";
import { CampaignName } from "../components/CampaignName";
import { Confirm } from "../components/Confirm";
import { Curl } from "../components/Curl";
import { Loading } from "../components/Loading";
import { Page } from "../components/Page";
import { fieldError, ProblemAlert } from "../components/ProblemAlert";
import { Section } from "../components/Section";
import { filterOf, isComplete, newGroup, newTest, sentenceOf, treeOf } from "../lib/filter";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";
import classes from "./SegmentPage.module.css";
import { GroupEditor } from "./segments/GroupEditor";
import { Reach } from "./segments/Reach";

const route = getRouteApi("/segments/$segmentId");
const t = texts.segments;
/** How long after the last change the filter is counted, in milliseconds. */
const QUIET_MS = 500;

/** A segment's filter, and whom it reaches. */
export function SegmentPage() {
  const { segmentId } = route.useParams();
  const { organizationId } = useSession();
  const isNew = segmentId === "new";
  const segment = useQuery({ ...segmentQuery(organizationId, segmentId), enabled: !isNew });
  if (isNew) return <Builder key="new" segment={null} />;
  if (segment.isPending) return <Loading lines={8} />;
  if (segment.isError) return <ProblemAlert error={segment.error} retry={() => void segment.refetch()} />;
  return <Builder key={segmentId} segment={segment.data} />;
}

function Builder({ segment }: { segment: Segment | null }) {
  const { organizationId, canSend } = useSession();
  const [name, setName] = useState(segment?.name ?? "");
  const [tree, setTree] = useState(() =>
    segment === null ? newGroup("all", [newTest()]) : treeOf(segment.filter),
  );
  const queries = useQueryClient();
  const navigate = useNavigate();
  const segments = useQuery(segmentsQuery(organizationId));
  const known = segments.data?.items ?? [];
  const nameOf = (id: string) => known.find((other) => other.id === id)?.name ?? t.gone;
  const filter = useMemo(() => filterOf(tree), [tree]);
  const isReady = isComplete(tree);
  const [settled] = useDebouncedValue(isReady ? filter : null, QUIET_MS);
  const path = `/v1/organizations/${organizationId}/segments`;
  const refresh = () => queries.invalidateQueries({ queryKey: segmentsQuery(organizationId).queryKey });
  const save = useMutation({
    mutationFn: () =>
      segment === null
        ? body(
            api.POST("/v1/organizations/{organizationId}/segments", {
              params: { path: { organizationId }, header: once() },
              body: { name: name.trim(), filter },
            }),
          )
        : body(
            api.PUT("/v1/organizations/{organizationId}/segments/{segmentId}", {
              params: { path: { organizationId, segmentId: segment.id } },
              body: { name: name.trim(), filter },
            }),
          ),
    onSuccess: async (after) => {
      queries.setQueryData(segmentQuery(organizationId, after.id).queryKey, after);
      // Quotes, explanations and lists of contacts depend on it.
      queries.removeQueries({ queryKey: [organizationId, "quote"] });
      queries.removeQueries({ queryKey: [organizationId, "explanation"] });
      void queries.invalidateQueries({ queryKey: [organizationId, "contacts"] });
      await refresh();
      if (segment === null) await navigate({ to: "/segments/$segmentId", params: { segmentId: after.id } });
    },
  });
  const remove = async (id: string) => {
    await body(
      api.DELETE("/v1/organizations/{organizationId}/segments/{segmentId}", {
        params: { path: { organizationId, segmentId: id } },
      }),
    );
    await refresh();
    await navigate({ to: "/segments" });
  };
  const failure = save.error ? asFailure(save.error) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Page
      title={segment?.name ?? t.create}
      back={{ to: "/segments", label: t.title }}
      actions={
        <Curl
          method={segment === null ? "POST" : "PUT"}
          path={segment === null ? path : `${path}/${segment.id}`}
          body={{ name: name.trim(), filter }}
        />
      }
    >
      <div className={classes.columns}>
        <form onSubmit={submit} noValidate>
          <Stack gap="md">
            <TextInput
              label={t.name}
              placeholder={t.namePlaceholder}
              value={name}
              maxLength={200}
              readOnly={!canSend}
              error={fieldError(t.name, failure?.fields.name)}
              onChange={(event) => {
                save.reset();
                setName(event.currentTarget.value);
              }}
            />
            <GroupEditor
              group={tree}
              depth={1}
              readOnly={!canSend}
              segments={known.filter(({ id }) => id !== segment?.id)}
              onChange={(after) => {
                save.reset();
                setTree(after);
              }}
              onRemove={null}
            />
            <Section title={t.sentence}>
              <Text size="sm" data-sentence>
                {isReady ? sentenceOf(filter, nameOf) : t.incomplete}
              </Text>
            </Section>
            {failure && !("name" in failure.fields) && <ProblemAlert error={failure} />}
            {canSend && (
              <Group justify="space-between">
                <Button type="submit" loading={save.isPending} disabled={!isReady || name.trim() === ""}>
                  {save.isSuccess ? texts.app.saved : t.save}
                </Button>
                {segment && (
                  <Confirm
                    label={t.delete}
                    title={t.deleteTitle}
                    lead={<DeleteLead segment={segment} />}
                    confirm={t.delete}
                    isDangerous
                    action={() => remove(segment.id)}
                    button={{ variant: "subtle", c: "var(--mantine-color-error)", size: "compact-sm" }}
                  />
                )}
              </Group>
            )}
          </Stack>
        </form>
        <Section title={t.preview}>
          {settled === null ? (
            <Text size="sm" c="dimmed">
              {t.incomplete}
            </Text>
          ) : (
            <Reach filter={settled} />
          )}
          {segment && (
            <Anchor
              size="sm"
              renderRoot={(props) => <Link to="/contacts" search={{ segment: segment.id }} {...props} />}
            >
              {t.seeContacts}
            </Anchor>
          )}
        </Section>
      </div>
    </Page>
  );
}

/** Scheduled campaigns keep a segment from being deleted. */
function DeleteLead({ segment }: { segment: Segment }) {
  return (
    <Stack gap={6}>
      <span>{t.deleteLead}</span>
      {segment.usedBy.map((campaignId) => (
        <span key={campaignId}>
          {t.usedBy} <CampaignName campaignId={campaignId} />
        </span>
      ))}
    </Stack>
  );
}
