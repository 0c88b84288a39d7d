import { Text } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { Curl } from "../components/Curl";
import { Page } from "../components/Page";
import { pinpointTexts as t } from "../pinpoint-texts";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";
import { Done } from "./pinpoint/Done";
import { COMMAND } from "./pinpoint/Elsewhere";
import { Wizard } from "./pinpoint/Wizard";

const route = getRouteApi("/imports/pinpoint");

/** Drop the files of a dump, see what would move, move it. */
export function Pinpoint() {
  const { organizationId, canSend } = useSession();
  const { lists, endpoints, rest } = route.useSearch();
  const isDone = lists !== undefined || endpoints !== undefined;
  return (
    <Page
      title={t.title}
      lead={t.lead}
      back={{ to: "/imports", label: texts.imports.title }}
      actions={
        <Curl
          method="POST"
          path={`/v1/organizations/${organizationId}/contacts/imports?match=phone&id=`}
          file="endpoints.gz"
          command={COMMAND}
        />
      }
      narrow
    >
      {isDone && <Done lists={idsOf(lists)} endpoints={idsOf(endpoints)} hasRest={rest === true} />}
      {!isDone && canSend && <Wizard />}
      {!isDone && !canSend && <Text size="sm">{texts.app.readOnly}</Text>}
    </Page>
  );
}

const idsOf = (written: string | undefined) => written?.split(",") ?? [];
