import { Alert, Group, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api, body, type Template } from "../../api/client";
import { templateQuery, templatesQuery } from "../../api/segments";
import { Confirm } from "../../components/Confirm";
import { texts } from "../../texts";

const t = texts.templates;

interface Props {
  older: Template;
  /** The number of the newest version. */
  newest: number;
  canSend: boolean;
}

/** Says that a version is an earlier one, and makes it the newest again. */
export function Restore({ older, newest, canSend }: Props) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { id: templateId, organizationId, name, body: text, bodyFormat, defaults } = older;
  const restore = async () => {
    const after = await body(
      api.PUT("/v1/organizations/{organizationId}/templates/{templateId}", {
        params: { path: { organizationId, templateId } },
        body: { name, body: text, bodyFormat, defaults },
      }),
    );
    queries.setQueryData(templateQuery(organizationId, templateId).queryKey, after);
    void queries.invalidateQueries({ queryKey: templatesQuery(organizationId).queryKey });
    await navigate({ to: "/templates/$templateId", params: { templateId } });
  };
  return (
    <Alert color="orange">
      <Group justify="space-between" gap="sm">
        <Text size="sm" flex="1 1 240px">
          {t.earlier(older.version)}
        </Text>
        {canSend && (
          <Confirm
            label={t.restore}
            title={t.restoreTitle(older.version)}
            lead={t.restoreLead(newest + 1)}
            confirm={t.restore}
            action={restore}
            button={{ size: "xs" }}
          />
        )}
      </Group>
    </Alert>
  );
}
