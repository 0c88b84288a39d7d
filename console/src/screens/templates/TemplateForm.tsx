import { Alert, Button, Checkbox, Group, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api, body, once, type Template } from "../../api/client";
import { asFailure } from "../../api/problem";
import { templateQuery, templatesQuery } from "../../api/segments";
import { Confirm } from "../../components/Confirm";
import { Curl } from "../../components/Curl";
import { PhonePreview } from "../../components/PhonePreview";
import { fieldError, ProblemAlert, sentence } from "../../components/ProblemAlert";
import { fits, hasBraces, isTemplate } from "../../lib/use-draft";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";
import classes from "../Compose.module.css";
import { Editor } from "../compose/Editor";

const t = texts.templates;

interface Props {
  /** Null for a new one. */
  template: Template | null;
  /** The number of an earlier version, which cannot be changed; null for the newest. */
  version: number | null;
}

/** A template's text. Each save makes a new version, so it waits for a person's decision. */
export function TemplateForm({ template, version }: Props) {
  const { organizationId, canSend } = useSession();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const readOnly = !canSend || version !== null;
  const [name, setName] = useState(template?.name ?? "");
  const [text, setText] = useState({
    body: template?.body ?? "",
    isLiteral: template?.bodyFormat === "text" && hasBraces(template.body),
  });
  const isTemplated = isTemplate(text);
  const draft = {
    name: name.trim(),
    body: text.body,
    bodyFormat: isTemplated ? ("template" as const) : ("text" as const),
    ...(template === null ? {} : { defaults: template.defaults }),
  };
  const isChanged =
    template === null ||
    template.name !== draft.name ||
    template.body !== draft.body ||
    template.bodyFormat !== draft.bodyFormat;
  const refresh = () => queries.invalidateQueries({ queryKey: templatesQuery(organizationId).queryKey });
  const save = useMutation({
    mutationFn: () =>
      template === null
        ? body(
            api.POST("/v1/organizations/{organizationId}/templates", {
              params: { path: { organizationId }, header: once() },
              body: draft,
            }),
          )
        : body(
            api.PUT("/v1/organizations/{organizationId}/templates/{templateId}", {
              params: { path: { organizationId, templateId: template.id } },
              body: draft,
            }),
          ),
    onSuccess: async (after) => {
      queries.setQueryData(templateQuery(organizationId, after.id).queryKey, after);
      await refresh();
      if (template === null)
        await navigate({ to: "/templates/$templateId", params: { templateId: after.id } });
    },
  });
  const remove = async (templateId: string) => {
    await body(
      api.DELETE("/v1/organizations/{organizationId}/templates/{templateId}", {
        params: { path: { organizationId, templateId } },
      }),
    );
    queries.removeQueries({ queryKey: templateQuery(organizationId, templateId).queryKey });
    await refresh();
    await navigate({ to: "/templates" });
  };
  const change = (part: Partial<typeof text>) => {
    save.reset();
    setText({ ...text, ...part });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const failure = save.error ? asFailure(save.error) : null;
  const isElsewhere = failure !== null && !("name" in failure.fields) && !("body" in failure.fields);
  const isReady = draft.name !== "" && draft.body.trim() !== "" && fits(text) && isChanged;
  const path = `/v1/organizations/${organizationId}/templates`;
  return (
    <div className={classes.columns}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <TextInput
            label={t.name}
            description={texts.compose.nameHint}
            value={name}
            maxLength={200}
            readOnly={readOnly}
            autoFocus={template === null}
            error={fieldError(t.name, failure?.fields.name)}
            onChange={(event) => {
              save.reset();
              setName(event.currentTarget.value);
            }}
          />
          <Editor
            value={text.body}
            readOnly={readOnly}
            error={fieldError(texts.compose.body, failure?.fields.body)}
            rendered={isTemplated ? "perRecipient" : null}
            onChange={(value) => change({ body: value })}
          />
          {hasBraces(text.body) && (
            <Checkbox
              label={texts.compose.literal}
              checked={text.isLiteral}
              disabled={readOnly}
              onChange={(event) => change({ isLiteral: event.currentTarget.checked })}
            />
          )}
          {isTemplated && !fits(text) && (
            <Text size="sm" c="var(--mantine-color-error)" role="alert">
              {texts.compose.templateTooLong}
            </Text>
          )}
          {template?.warnings.map((warning) => (
            <Alert key={warning} color="orange">
              {sentence(warning)}
            </Alert>
          ))}
          {isElsewhere && <ProblemAlert error={failure} />}
          <Group justify="space-between">
            {!readOnly && (
              <Button type="submit" loading={save.isPending} disabled={!isReady}>
                {save.isSuccess && !isChanged ? texts.app.saved : t.saveText}
              </Button>
            )}
            <Group gap="xs">
              <Curl
                method={template === null ? "POST" : "PUT"}
                path={template === null ? path : `${path}/${template.id}`}
                body={draft}
              />
              {template !== null && !readOnly && (
                <Confirm
                  label={t.delete}
                  title={t.deleteTitle}
                  lead={t.deleteLead}
                  confirm={t.delete}
                  isDangerous
                  action={() => remove(template.id)}
                  button={{ variant: "subtle", c: "var(--mantine-color-error)", size: "compact-sm" }}
                />
              )}
            </Group>
          </Group>
        </Stack>
      </form>
      <PhonePreview body={text.body} />
    </div>
  );
}
