import { Button, Group, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { contactsQuery } from "../../api/queries";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";

const FIELDS = ["firstName", "lastName", "email", "phone", "externalId", "language"] as const;
const t = texts.compose;

/** Inserts the value of a field, and what stands in for it where a contact has none. */
export function MergeFields({ onInsert }: { onInsert: (text: string) => void }) {
  const { organizationId } = useSession();
  const contacts = useQuery(contactsQuery(organizationId, {}));
  const attributes = new Set(
    (contacts.data?.items ?? []).flatMap((contact) => Object.keys(contact.attributes)),
  );
  const [field, setField] = useState<string>("firstName");
  const [fallback, setFallback] = useState("");
  const insert = () => {
    const filter = fallback === "" ? "" : ` | default(${JSON.stringify(fallback)})`;
    onInsert(`{{ ${field}${filter} }}`);
  };
  return (
    <Group gap="xs" mt="sm" align="flex-end">
      <NativeSelect
        label={t.mergeField}
        flex="1 1 150px"
        value={field}
        data={[
          ...FIELDS.map((name) => ({ value: name as string, label: texts.segments.fields[name] })),
          ...[...attributes].sort().map((name) => ({
            value: `attributes[${JSON.stringify(name)}]`,
            label: name,
          })),
        ]}
        onChange={(event) => setField(event.currentTarget.value)}
      />
      <TextInput
        label={t.mergeDefault}
        placeholder={t.mergeDefaultHint}
        flex="1 1 150px"
        value={fallback}
        onChange={(event) => setFallback(event.currentTarget.value)}
      />
      <Button variant="default" onClick={insert}>
        {t.insertField}
      </Button>
    </Group>
  );
}
