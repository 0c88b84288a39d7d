import { TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, body, type Person } from "../../api/client";
import { Confirm } from "../../components/Confirm";
import { Curl } from "../../components/Curl";
import { phone as shown } from "../../lib/format";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";

const t = texts.person;
const digits = (text: string) => text.replaceAll(/\D/g, "");

interface Props {
  phone: string;
  onRequest: (erasure: NonNullable<Person["erasure"]>) => void;
}

/** Erases a person for good, once the phone has been typed. */
export function Erase({ phone, onRequest }: Props) {
  const { organizationId } = useSession();
  const [typed, setTyped] = useState("");
  const queries = useQueryClient();
  const erase = async () => {
    const path = { organizationId, phone };
    onRequest(
      await body(api.DELETE("/v1/organizations/{organizationId}/people/{phone}", { params: { path } })),
    );
    setTyped("");
    // Lists, messages and replies may all have had the person.
    await queries.invalidateQueries({ queryKey: [organizationId] });
  };
  return (
    <Confirm
      label={t.erase}
      title={t.eraseTitle(shown(phone))}
      lead={
        <>
          {t.eraseLead}
          <ul style={{ margin: "8px 0 0", paddingLeft: 20 }}>
            {t.eraseWhat.map((what) => (
              <li key={what}>{what}</li>
            ))}
          </ul>
        </>
      }
      confirm={t.eraseDo}
      isDangerous
      disabled={digits(typed) !== digits(phone)}
      action={erase}
      button={{ c: "var(--mantine-color-error)" }}
    >
      <TextInput
        label={t.eraseType(shown(phone))}
        inputMode="tel"
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <Curl
        method="DELETE"
        path={`/v1/organizations/${organizationId}/people/${encodeURIComponent(phone)}`}
      />
    </Confirm>
  );
}
