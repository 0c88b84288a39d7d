import { Anchor, Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { Contact } from "../api/client";
import { contactsQuery } from "../api/queries";
import { Curl } from "../components/Curl";
import { Empty } from "../components/Empty";
import { ExampleFile } from "../components/ExampleFile";
import { type Column, Grid } from "../components/Grid";
import { Loading } from "../components/Loading";
import { Page } from "../components/Page";
import { Pages } from "../components/Pages";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { phone } from "../lib/format";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";
import { AddContact } from "./contacts/AddContact";

const route = getRouteApi("/contacts");

/** Everyone in the organization's audience. */
export function Contacts() {
  const { cursor } = route.useSearch();
  const { organizationId, canSend } = useSession();
  const contacts = useQuery(contactsQuery(organizationId, cursor));
  const importButton = canSend && (
    <Button renderRoot={(props) => <Link to="/imports" {...props} />}>{texts.contacts.import}</Button>
  );
  return (
    <Page
      title={texts.contacts.title}
      actions={
        <>
          <Curl method="GET" path={`/v1/organizations/${organizationId}/contacts`} />
          {canSend && <AddContact />}
          {contacts.data && contacts.data.items.length > 0 && importButton}
        </>
      }
    >
      {contacts.isPending && <Loading lines={8} />}
      {contacts.isError && <ProblemAlert error={contacts.error} retry={() => void contacts.refetch()} />}
      {contacts.data?.items.length === 0 && contacts.data.nextCursor === null && (
        <Empty title={texts.contacts.empty} lead={texts.contacts.emptyLead}>
          {importButton}
          <ExampleFile />
        </Empty>
      )}
      {contacts.data && contacts.data.items.length > 0 && (
        <Grid
          label={texts.contacts.title}
          columns={COLUMNS}
          rows={contacts.data.items}
          rowKey={({ id }) => id}
        />
      )}
      <Pages cursor={cursor} next={contacts.data?.nextCursor} />
    </Page>
  );
}

export function nameOf({ firstName, lastName }: Contact): string {
  return [firstName, lastName].filter(Boolean).join(" ") || texts.contacts.unnamed;
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
