import { Anchor, Button, Group, NativeSelect, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { Contact } from "../api/client";
import { contactsQuery } from "../api/queries";
import { segmentsQuery } from "../api/segments";
import { Curl } from "../components/Curl";
import { Empty } from "../components/Empty";
import { ExampleFile } from "../components/ExampleFile";
import { ExportButton } from "../components/ExportButton";
import { FromPinpoint } from "../components/FromPinpoint";
import { type Column, Grid } from "../components/Grid";
import { Loading } from "../components/Loading";
import { Page } from "../components/Page";
import { Pages } from "../components/Pages";
import { ProblemAlert } from "../components/ProblemAlert";
import { SearchInput } from "../components/SearchInput";
import { Time } from "../components/Time";
import { phone } from "../lib/format";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";
import { AddContact } from "./contacts/AddContact";
import { nameOf } from "./contacts/name";

const route = getRouteApi("/contacts");
const STATUSES = ["active", "inactive"] as const;
/** How long after the last keystroke contacts are searched, in milliseconds. */
const QUIET_MS = 300;

/** Everyone in the organization's audience. */
export function Contacts() {
  const search = route.useSearch();
  const { cursor, q, tag, segment, status } = search;
  const navigate = route.useNavigate();
  const { organizationId, canSend } = useSession();
  const [settled] = useDebouncedValue(search, QUIET_MS);
  const contacts = useQuery({ ...contactsQuery(organizationId, settled), placeholderData: keepPreviousData });
  const segments = useQuery(segmentsQuery(organizationId));
  const isFiltered = [q, tag, segment, status].some((value) => value !== undefined);
  /** A cursor belongs to the filters that it was made with. */
  const filter = (part: Omit<typeof search, "cursor">) =>
    navigate({ search: { q, tag, segment, status, ...part }, replace: true });
  const written = new URLSearchParams(
    Object.entries({ q, tag, segment, status }).filter((entry): entry is [string, string] => !!entry[1]),
  ).toString();
  const importButton = canSend && (
    <Button renderRoot={(props) => <Link to="/imports" {...props} />}>{texts.contacts.import}</Button>
  );
  return (
    <Page
      title={texts.contacts.title}
      actions={
        <>
          <Curl
            method="GET"
            path={`/v1/organizations/${organizationId}/contacts${written && `?${written}`}`}
          />
          {contacts.data && contacts.data.items.length > 0 && (
            <ExportButton kind="contacts" command="volley contacts export --to contacts.csv" />
          )}
          {canSend && <AddContact />}
          {contacts.data && contacts.data.items.length > 0 && importButton}
        </>
      }
    >
      <Group gap="xs">
        <SearchInput
          label={texts.contacts.search}
          value={q ?? ""}
          onChange={(text) => void filter({ q: text || undefined })}
        />
        <TextInput
          aria-label={texts.contacts.tag}
          placeholder={texts.contacts.tag}
          w={{ base: "100%", xs: 140 }}
          value={tag ?? ""}
          onChange={(event) => void filter({ tag: event.currentTarget.value || undefined })}
        />
        <NativeSelect
          aria-label={texts.contacts.segment}
          w={{ base: "100%", xs: 200 }}
          value={segment ?? ""}
          data={[
            { value: "", label: texts.contacts.anySegment },
            ...(segments.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(event) => void filter({ segment: event.currentTarget.value || undefined })}
        />
        <NativeSelect
          aria-label={texts.contacts.status}
          w={{ base: "100%", xs: 140 }}
          value={status ?? ""}
          data={[
            { value: "", label: texts.contacts.anyStatus },
            { value: "active", label: texts.contacts.statuses.active },
            { value: "inactive", label: texts.contacts.statuses.inactive },
          ]}
          onChange={(event) =>
            void filter({ status: STATUSES.find((known) => known === event.currentTarget.value) })
          }
        />
      </Group>
      {contacts.isPending && <Loading lines={8} />}
      {contacts.isError && <ProblemAlert error={contacts.error} retry={() => void contacts.refetch()} />}
      {contacts.data?.items.length === 0 && isFiltered && (
        <Empty title={texts.contacts.noMatch} lead={texts.contacts.noMatchLead}>
          <Button variant="default" onClick={() => void navigate({ search: {} })}>
            {texts.contacts.showAll}
          </Button>
        </Empty>
      )}
      {contacts.data?.items.length === 0 && contacts.data.nextCursor === null && !isFiltered && (
        <Empty title={texts.contacts.empty} lead={texts.contacts.emptyLead}>
          {importButton}
          {canSend && <FromPinpoint />}
          <ExampleFile />
        </Empty>
      )}
      {contacts.data && contacts.data.items.length > 0 && (
        <Grid
          label={texts.contacts.title}
          columns={columnsOf(contacts.data.items)}
          rows={contacts.data.items}
          rowKey={({ id }) => id}
        />
      )}
      <Pages cursor={cursor} next={contacts.data?.nextCursor} />
    </Page>
  );
}

/** Columns that would say the same of everyone leave their room to the others. */
function columnsOf(rows: Contact[]): Column<Contact>[] {
  const isShown: Record<string, boolean> = {
    tags: rows.some(({ tags }) => tags.length > 0),
    status: rows.some(({ status }) => status !== "active"),
    attributes: rows.some(({ attributes }) => Object.keys(attributes).length > 0),
  };
  return COLUMNS.filter(({ key }) => isShown[key] ?? true);
}

const COLUMNS: Column<Contact>[] = [
  {
    key: "name",
    title: texts.contacts.name,
    cell: (contact) => (
      <Anchor
        inherit
        fw={500}
        renderRoot={(props) => (
          <Link to="/contacts/$contactId" params={{ contactId: contact.id }} {...props} />
        )}
      >
        {nameOf(contact)}
      </Anchor>
    ),
  },
  {
    key: "phone",
    title: texts.contacts.phone,
    cell: (contact) => (
      <span className="number">{contact.phone ? phone(contact.phone) : texts.app.none}</span>
    ),
  },
  { key: "email", title: texts.contacts.email, isMinor: true, cell: ({ email }) => email ?? texts.app.none },
  {
    key: "tags",
    title: texts.contacts.tags,
    wraps: true,
    isMinor: true,
    cell: ({ tags }) => tags.join(", ") || texts.app.none,
  },
  {
    key: "status",
    title: texts.contacts.status,
    isMinor: true,
    cell: ({ status }) => texts.contacts.statuses[status],
  },
  {
    key: "attributes",
    title: texts.contacts.attributes,
    wraps: true,
    isMinor: true,
    cell: ({ attributes }) =>
      Object.entries(attributes)
        .map(([name, value]) => `${name}: ${String(value)}`)
        .join(" · ") || texts.app.none,
  },
  {
    key: "updated",
    title: texts.contacts.updated,
    isMinor: true,
    cell: ({ updatedAt }) => <Time at={updatedAt} />,
  },
];
