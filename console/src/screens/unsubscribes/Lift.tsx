import { Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, body, once, type Unsubscribe } from "../../api/client";
import { Confirm } from "../../components/Confirm";
import { phone as shown } from "../../lib/format";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";

const t = texts.unsubscribes;

/** Lets a phone be texted again. A person's own opt-out takes an admin and a reason. */
export function Lift({ phone, source }: { phone: string; source: Unsubscribe["source"] }) {
  const { organizationId, isAdmin } = useSession();
  const [reason, setReason] = useState("");
  const queries = useQueryClient();
  const byPerson = source === "keyword" || source === "provider";
  if (byPerson && !isAdmin) {
    return (
      <Text size="xs" c="dimmed">
        {t.liftAdmin}
      </Text>
    );
  }
  const params = { path: { organizationId, phone } };
  const lift = async () => {
    if (byPerson) {
      const init = { params: { ...params, header: once() }, body: { reason: reason.trim() } };
      await body(api.POST("/v1/organizations/{organizationId}/unsubscribes/{phone}/lift", init));
    } else {
      await body(api.DELETE("/v1/organizations/{organizationId}/unsubscribes/{phone}", { params }));
    }
    void queries.invalidateQueries({ queryKey: [organizationId, "unsubscribes"] });
    void queries.invalidateQueries({ queryKey: [organizationId, "unsubscribe"] });
  };
  return (
    <Confirm
      label={t.lift}
      title={t.liftTitle(shown(phone))}
      lead={byPerson ? t.liftPerson : t.liftOwn}
      confirm={t.liftDo}
      isDangerous
      disabled={byPerson && reason.trim() === ""}
      action={lift}
      button={{ size: "compact-xs" }}
    >
      {byPerson && (
        <TextInput
          label={t.liftReason}
          description={t.liftReasonHint}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
    </Confirm>
  );
}
