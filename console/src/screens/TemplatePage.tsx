import { Alert, Button, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { asFailure } from "../api/problem";
import { templateQuery } from "../api/segments";
import { Loading } from "../components/Loading";
import { Page } from "../components/Page";
import { ProblemAlert } from "../components/ProblemAlert";
import { useCreateDraft } from "../lib/use-campaigns";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";
import { Restore } from "./templates/Restore";
import { TemplateForm } from "./templates/TemplateForm";

const route = getRouteApi("/templates/$templateId");
const t = texts.templates;
const BACK = { to: "/templates", label: t.title } as const;

/** A template, or a new one. */
export function TemplatePage() {
  const { templateId } = route.useParams();
  if (templateId !== "new") return <Existing key={templateId} templateId={templateId} />;
  return (
    <Page title={t.create} back={BACK}>
      <TemplateForm template={null} version={null} />
    </Page>
  );
}

/** A template with its versions. Older ones can be read, also after the template has been deleted. */
function Existing({ templateId }: { templateId: string }) {
  const { version } = route.useSearch();
  const { organizationId, canSend } = useSession();
  const newest = useQuery(templateQuery(organizationId, templateId));
  const older = useQuery({
    ...templateQuery(organizationId, templateId, version),
    enabled: version !== undefined,
  });
  const shown = version === undefined ? newest : older;
  if (shown.isPending) return <Loading lines={8} />;
  if (shown.isError) return <ProblemAlert error={shown.error} retry={() => void shown.refetch()} />;
  const isDeleted = newest.isError && asFailure(newest.error).status === 404;
  const isNewest = !newest.isError && newest.data !== undefined && newest.data.version === shown.data.version;
  return (
    <Page
      title={shown.data.name}
      back={BACK}
      actions={
        <>
          {newest.data && newest.data.version > 1 && (
            <Versions newest={newest.data.version} shown={shown.data.version} />
          )}
          {isNewest && canSend && <Write template={shown.data} />}
        </>
      }
    >
      {isDeleted && <Alert color="orange">{t.deleted}</Alert>}
      {newest.data && !isNewest && (
        <Restore older={shown.data} newest={newest.data.version} canSend={canSend} />
      )}
      <TemplateForm
        key={isNewest ? "newest" : shown.data.version}
        template={shown.data}
        version={isNewest ? null : shown.data.version}
      />
    </Page>
  );
}

/** Starts a campaign with a copy of the text. */
function Write({ template: { id, name } }: { template: { id: string; name: string } }) {
  const create = useCreateDraft();
  return (
    <Button
      variant="default"
      loading={create.isPending}
      onClick={() => create.mutate({ name, templateId: id })}
    >
      {t.write}
    </Button>
  );
}

function Versions({ newest, shown }: { newest: number; shown: number }) {
  const navigate = route.useNavigate();
  return (
    <NativeSelect
      size="sm"
      aria-label={t.version}
      value={shown}
      data={Array.from({ length: newest }, (_, place) => newest - place).map((version) => ({
        value: String(version),
        label: version === newest ? t.newest(version) : t.versionOf(version),
      }))}
      onChange={(event) => {
        const version = Number(event.currentTarget.value);
        void navigate({ search: version === newest ? {} : { version } });
      }}
    />
  );
}
