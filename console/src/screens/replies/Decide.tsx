import { type ButtonProps, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { api, body, type Inbound, once } from "../../api/client";
import { inboundQuery } from "../../api/inbound";
import { Confirm } from "../../components/Confirm";
import { Curl } from "../../components/Curl";
import { phone } from "../../lib/format";
import { texts } from "../../texts";

const t = texts.replies;

interface Props {
  inbound: Inbound;
  button?: ButtonProps;
}

/** Decides about a text, and reads again what that changes. */
function useDecide({ id: inboundId, organizationId }: Inbound) {
  const queries = useQueryClient();
  return (verb: "suppress" | "dismiss") => async () => {
    const init = { params: { path: { organizationId, inboundId }, header: once() } };
    await body(api.POST(`/v1/organizations/{organizationId}/inbound/{inboundId}/${verb}`, init));
    const changed = ["inbound", "unsubscribes", "unsubscribe", "person"];
    for (const name of changed) void queries.invalidateQueries({ queryKey: [organizationId, name] });
    await queries.invalidateQueries({ queryKey: inboundQuery(organizationId, inboundId).queryKey });
  };
}

/** Opts the person out, with the text as evidence. */
export function Suppress({ inbound, button }: Props) {
  const decide = useDecide(inbound);
  return (
    <Confirm
      label={t.suppress}
      title={t.suppressTitle(phone(inbound.from))}
      lead={t.suppressLead}
      confirm={t.suppressDo}
      isDangerous
      action={decide("suppress")}
      {...(button ? { button } : {})}
    >
      <Quote inbound={inbound} />
      <AsCall inbound={inbound} verb="suppress" />
    </Confirm>
  );
}

/** Says that the text is not a refusal. */
export function Dismiss({ inbound, button }: Props) {
  const decide = useDecide(inbound);
  return (
    <Confirm
      label={t.dismiss}
      title={t.dismissTitle}
      lead={t.dismissLead}
      confirm={t.dismissDo}
      action={decide("dismiss")}
      {...(button ? { button } : {})}
    >
      <Quote inbound={inbound} />
      <AsCall inbound={inbound} verb="dismiss" />
    </Confirm>
  );
}

function AsCall({ inbound: { id, organizationId }, verb }: Props & { verb: "suppress" | "dismiss" }) {
  return (
    <Curl
      method="POST"
      path={`/v1/organizations/${organizationId}/inbound/${id}/${verb}`}
      command={`volley inbound ${verb} ${id}`}
    />
  );
}

function Quote({ inbound }: { inbound: Inbound }) {
  return (
    <Text
      component="blockquote"
      size="sm"
      m={0}
      pl="sm"
      style={{
        borderLeft: "3px solid var(--line)",
        whiteSpace: "pre-wrap",
        overflowWrap: "anywhere",
      }}
    >
      {inbound.body}
    </Text>
  );
}
