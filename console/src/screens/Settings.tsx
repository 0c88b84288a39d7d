import { Text } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { Chips } from "../components/Chips";
import { Curl } from "../components/Curl";
import { Loading } from "../components/Loading";
import { Page } from "../components/Page";
import { ProblemAlert } from "../components/ProblemAlert";
import { useOrganization } from "../lib/use-organization";
import { SECTIONS } from "../router";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";
import { ApiKeys } from "./settings/ApiKeys";
import { Audit } from "./settings/Audit";
import { Keywords } from "./settings/Keywords";
import { Members } from "./settings/Members";
import { OrganizationForm } from "./settings/OrganizationForm";
import { Prices } from "./settings/Prices";
import { Webhooks } from "./settings/Webhooks";

const route = getRouteApi("/settings");

/** Sections that have a path of their own in the API. */
const PATHS: Partial<Record<(typeof SECTIONS)[number], string>> = {
  members: "/members",
  keys: "/api-keys",
  webhooks: "/webhooks",
  audit: "/audit",
};

/** What an admin decides for the organization. */
export function Settings() {
  const { section = "organization", cursor } = route.useSearch();
  const navigate = route.useNavigate();
  const { organizationId, isAdmin } = useSession();
  const { query } = useOrganization();
  const organization = query.data;
  const keys = `/v1/organizations/${organizationId}${PATHS[section] ?? ""}`;
  return (
    <Page title={texts.settings.title} narrow actions={<Curl method="GET" path={keys} />}>
      <Chips
        label={texts.settings.sections}
        value={section}
        choices={SECTIONS.map((value) => ({ value, label: texts.settings[value] }))}
        onChange={(value) => void navigate({ search: { section: value } })}
      />
      {!isAdmin && <Text size="sm">{texts.settings.adminOnly}</Text>}
      {query.isPending && <Loading />}
      {query.isError && <ProblemAlert error={query.error} retry={() => void query.refetch()} />}
      {organization && section === "organization" && <OrganizationForm organization={organization} />}
      {organization && section === "prices" && <Prices organization={organization} />}
      {organization && section === "keywords" && <Keywords organization={organization} />}
      {section === "members" && isAdmin && <Members />}
      {section === "keys" && isAdmin && <ApiKeys />}
      {section === "webhooks" && isAdmin && <Webhooks />}
      {section === "audit" && isAdmin && <Audit cursor={cursor} />}
    </Page>
  );
}
