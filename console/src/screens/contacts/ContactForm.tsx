import { ActionIcon, Button, Group, NativeSelect, Stack, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { ContactStatus } from "../../api/client";
import { asFailure } from "../../api/problem";
import { fieldError, ProblemAlert } from "../../components/ProblemAlert";
import { tagsOf } from "../../lib/tags";
import { texts } from "../../texts";

interface ContactFields {
  phone: string | null;
  firstName: string | null;
  lastName: string | null;
  email: string | null;
  externalId: string | null;
  status: ContactStatus;
  tags: string[];
  timeZone: string | null;
  language: string | null;
  attributes: Record<string, string | string[]>;
}

interface Props {
  initial: ContactFields;
  readOnly?: boolean;
  save: (fields: ContactFields) => Promise<unknown>;
}

const t = texts.contacts;
const TEXT_FIELDS = [
  "phone",
  "firstName",
  "lastName",
  "email",
  "externalId",
  "timeZone",
  "language",
] as const satisfies readonly (keyof ContactFields)[];
type TextField = (typeof TEXT_FIELDS)[number];
/** The fields that show what the API refuses. */
const SHOWN = [...TEXT_FIELDS, "tags"];
const isList = ([, value]: [string, string | string[]]) => Array.isArray(value);
const orNull = (text: string | null) => text?.trim() || null;

/** A contact's fields; what the API refuses is shown at the field. */
export function ContactForm({ initial, readOnly = false, save }: Props) {
  const [fields, setFields] = useState(initial);
  const [tags, setTags] = useState(initial.tags.join(", "));
  const [attributes, setAttributes] = useState(
    Object.entries(initial.attributes).filter((entry): entry is [string, string] => !isList(entry)),
  );
  // Lists are shown and kept, but not edited here.
  const lists = Object.entries(initial.attributes).filter(isList);
  const saving = useMutation({
    mutationFn: () =>
      save({
        phone: orNull(fields.phone),
        firstName: orNull(fields.firstName),
        lastName: orNull(fields.lastName),
        email: orNull(fields.email),
        externalId: orNull(fields.externalId),
        status: fields.status,
        tags: tagsOf(tags),
        timeZone: orNull(fields.timeZone),
        language: orNull(fields.language),
        attributes: Object.fromEntries([...lists, ...attributes.filter(([name]) => name.trim() !== "")]),
      }),
  });
  const failure = saving.error ? asFailure(saving.error) : null;
  const input = (name: TextField, label: string) => ({
    label,
    readOnly,
    value: fields[name] ?? "",
    error: fieldError(label, failure?.fields[name]),
    onChange: (event: { currentTarget: HTMLInputElement }) =>
      setFields({ ...fields, [name]: event.currentTarget.value }),
  });
  const setAttribute = (place: number, entry: [string, string] | null) =>
    setAttributes(
      attributes.flatMap((old, index) => (index !== place ? [old] : entry === null ? [] : [entry])),
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.mutate();
  };
  const isElsewhere = failure !== null && !SHOWN.some((name) => name in failure.fields);
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <TextInput type="tel" description={readOnly ? undefined : t.phoneHint} {...input("phone", t.phone)} />
        <Group grow gap="sm" align="flex-start">
          <TextInput {...input("firstName", t.firstName)} />
          <TextInput {...input("lastName", t.lastName)} />
        </Group>
        <TextInput type="email" {...input("email", t.email)} />
        <TextInput
          label={t.tags}
          description={readOnly ? undefined : t.tagsHint}
          value={tags}
          readOnly={readOnly}
          error={fieldError(t.tags, failure?.fields.tags)}
          onChange={(event) => setTags(event.currentTarget.value)}
        />
        <Group grow gap="sm" align="flex-start">
          <NativeSelect
            label={t.status}
            description={t.statusHint}
            disabled={readOnly}
            value={fields.status}
            data={[
              { value: "active", label: t.statuses.active },
              { value: "inactive", label: t.statuses.inactive },
            ]}
            onChange={(event) =>
              setFields({
                ...fields,
                status: event.currentTarget.value === "inactive" ? "inactive" : "active",
              })
            }
          />
          <TextInput description={t.externalIdHint} {...input("externalId", t.externalId)} />
        </Group>
        <Group grow gap="sm" align="flex-start">
          <TextInput description={t.timeZoneHint} {...input("timeZone", t.timeZone)} />
          <TextInput description={t.languageHint} {...input("language", t.language)} />
        </Group>
        {attributes.map(([name, value], place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an attribute's name changes as it is typed
          <Group key={place} gap="sm" align="flex-end" wrap="nowrap">
            <TextInput
              label={place === 0 ? t.attribute : undefined}
              aria-label={t.attribute}
              value={name}
              readOnly={readOnly}
              flex={1}
              onChange={(event) => setAttribute(place, [event.currentTarget.value, value])}
            />
            <TextInput
              label={place === 0 ? t.value : undefined}
              aria-label={t.value}
              value={value}
              readOnly={readOnly}
              flex={1}
              onChange={(event) => setAttribute(place, [name, event.currentTarget.value])}
            />
            {!readOnly && (
              <ActionIcon
                variant="subtle"
                color="gray"
                size={36}
                aria-label={t.removeAttribute(name)}
                onClick={() => setAttribute(place, null)}
              >
                <IconX size={16} />
              </ActionIcon>
            )}
          </Group>
        ))}
        {lists.map(([name, values]) => (
          <Group key={name} gap="sm" align="flex-end" wrap="nowrap">
            <TextInput aria-label={t.attribute} value={name} readOnly flex={1} />
            <TextInput aria-label={t.value} value={String(values)} readOnly flex={1} />
          </Group>
        ))}
        {isElsewhere && <ProblemAlert error={failure} />}
        {!readOnly && (
          <Group justify="space-between">
            <Button
              variant="subtle"
              size="compact-sm"
              onClick={() => setAttributes([...attributes, ["", ""]])}
            >
              {t.addAttribute}
            </Button>
            <Button type="submit" loading={saving.isPending}>
              {saving.isSuccess ? texts.app.saved : t.save}
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  );
}
