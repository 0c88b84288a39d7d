import { Anchor, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Contact } from "../../api/client";
import { type Column, Grid } from "../../components/Grid";
import { Time } from "../../components/Time";
import { texts } from "../../texts";
import { nameOf } from "../contacts/name";

const t = texts.contacts;

/** The contacts with a person's phone. */
export function Contacts({ contacts }: { contacts: Contact[] }) {
  if (contacts.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {texts.person.noContacts}
      </Text>
    );
  }
  return (
    <Grid isBare label={texts.person.contacts} columns={COLUMNS} rows={contacts} rowKey={({ id }) => id} />
  );
}

const COLUMNS: Column<Contact>[] = [
  {
    key: "name",
    title: t.name,
    cell: (contact) => (
      <Anchor
        inherit
        renderRoot={(props) => (
          <Link to="/contacts/$contactId" params={{ contactId: contact.id }} {...props} />
        )}
      >
        {nameOf(contact)}
      </Anchor>
    ),
  },
  { key: "email", title: t.email, cell: ({ email }) => email ?? texts.app.none },
  {
    key: "tags",
    title: t.tags,
    wraps: true,
    isMinor: true,
    cell: ({ tags }) => tags.join(", ") || texts.app.none,
  },
  { key: "created", title: t.created, isMinor: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
];
