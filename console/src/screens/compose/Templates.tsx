import { Anchor, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, body, type Campaign, once } from "../../api/client";
import { templatesQuery } from "../../api/segments";
import { Confirm } from "../../components/Confirm";
import { type Draft, isTemplate } from "../../lib/use-draft";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";

const t = texts.templates;

interface Props {
  campaign: Campaign;
  draft: Draft;
  startFrom: (templateId: string) => Promise<void>;
}

/** Starts the text from a template, or keeps it as one. */
export function Templates({ campaign, draft, startFrom }: Props) {
  const { organizationId } = useSession();
  const queries = useQueryClient();
  const templates = useQuery(templatesQuery(organizationId));
  const [chosen, choose] = useState("");
  const [name, setName] = useState("");
  const known = templates.data?.items ?? [];
  const save = async () => {
    await body(
      api.POST("/v1/organizations/{organizationId}/templates", {
        params: { path: { organizationId }, header: once() },
        body: {
          name: name.trim(),
          body: draft.body,
          bodyFormat: isTemplate(draft) ? "template" : "text",
          defaults: campaign.defaults,
        },
      }),
    );
    setName("");
    await queries.invalidateQueries({ queryKey: templatesQuery(organizationId).queryKey });
  };
  return (
    <Stack gap={6}>
      <Group gap="xs" align="flex-end">
        {known.length > 0 && (
          <>
            <NativeSelect
              label={t.start}
              flex="1 1 180px"
              value={chosen}
              data={[
                { value: "", label: t.choose },
                ...known.map(({ id, name: label }) => ({ value: id, label })),
              ]}
              onChange={(event) => choose(event.currentTarget.value)}
            />
            {chosen !== "" && (
              <Confirm
                label={t.use}
                title={t.useTitle}
                lead={t.useLead}
                confirm={t.useDo}
                action={() => startFrom(chosen)}
              />
            )}
          </>
        )}
        {draft.body.trim() !== "" && (
          <Confirm
            label={t.save}
            title={t.save}
            lead={t.saveLead}
            confirm={t.save}
            disabled={name.trim() === ""}
            action={save}
          >
            <TextInput
              label={t.name}
              value={name}
              maxLength={200}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          </Confirm>
        )}
      </Group>
      {campaign.template && (
        <Text size="sm" c="dimmed">
          {t.from(campaign.template.version)} <ToVersion {...campaign.template} />
        </Text>
      )}
    </Stack>
  );
}

function ToVersion({ id, version }: { id: string; version: number }) {
  return (
    <Anchor
      inherit
      renderRoot={(props) => (
        <Link to="/templates/$templateId" params={{ templateId: id }} search={{ version }} {...props} />
      )}
    >
      {t.see}
    </Anchor>
  );
}
