import { Alert, Stack, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import type { Person } from "../api/client";
import { personQuery } from "../api/people";
import { Curl } from "../components/Curl";
import { Empty } from "../components/Empty";
import { Grid } from "../components/Grid";
import { Loading } from "../components/Loading";
import { Page } from "../components/Page";
import { Pages } from "../components/Pages";
import { ProblemAlert } from "../components/ProblemAlert";
import { Section } from "../components/Section";
import { phone as shown, time } from "../lib/format";
import { changedBy } from "../lib/people";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";
import { MESSAGE_COLUMNS } from "./contacts/message-columns";
import { Contacts } from "./person/Contacts";
import { Erase } from "./person/Erase";
import { Preferences } from "./person/Preferences";
import { Row } from "./replies/Row";
import classes from "./replies/Row.module.css";

const route = getRouteApi("/people/$phone");
const t = texts.person;
/** The API returns no more. */
const MAX_TEXTS = 100;
/** How often an erasure under way is read again, in milliseconds. */
const POLL_MS = 3_000;
type Erased = NonNullable<Person["erasure"]>;

/** Everything that is stored about a person, found by the phone. */
export function PersonPage() {
  const { phone } = route.useParams();
  const { cursor } = route.useSearch();
  const { organizationId, isAdmin } = useSession();
  // The API may read the organization's first erasure only after a while.
  const [requested, setRequested] = useState<Erased | null>(null);
  const person = useQuery({
    ...personQuery(organizationId, phone, cursor),
    enabled: isAdmin,
    refetchInterval: ({ state }) =>
      newerOf(state.data?.erasure ?? null, requested)?.status === "running" ? POLL_MS : false,
    placeholderData: keepPreviousData,
  });
  const forms = person.data?.phones ?? [];
  return (
    <Page
      title={shown(forms[0] ?? phone)}
      back={{ to: "/contacts", label: texts.contacts.title }}
      lead={forms.length > 1 ? t.leadForms(forms) : t.lead}
      actions={
        <>
          <Curl
            method="GET"
            path={`/v1/organizations/${organizationId}/people/${encodeURIComponent(phone)}`}
          />
          {isAdmin && person.data && <Erase phone={forms[0] ?? phone} onRequest={setRequested} />}
        </>
      }
    >
      {!isAdmin && <Empty title={t.onlyAdmins} lead={t.onlyAdminsLead} />}
      {isAdmin && person.isPending && <Loading lines={8} />}
      {person.isError && <ProblemAlert error={person.error} retry={() => void person.refetch()} />}
      {person.data && (
        <Everything
          person={{ ...person.data, erasure: newerOf(person.data.erasure, requested) }}
          cursor={cursor}
        />
      )}
    </Page>
  );
}

function newerOf(known: Erased | null, requested: Erased | null): Erased | null {
  if (known === null || requested === null) return known ?? requested;
  return known.requestedAt < requested.requestedAt ? requested : known;
}

function Everything({ person, cursor }: { person: Person; cursor: string | undefined }) {
  const { contacts, preferences, inbound, messages, erasure, nextCursor } = person;
  return (
    <Stack gap="md">
      {erasure && <Erasure erasure={erasure} />}
      <Section title={t.preferences}>
        <Preferences preferences={preferences} />
      </Section>
      <Section title={t.contacts}>
        <Contacts contacts={contacts} />
      </Section>
      <Section title={t.replies}>
        {inbound.length === 0 && <None>{t.noReplies}</None>}
        {inbound.length >= MAX_TEXTS && <None>{t.newest(MAX_TEXTS)}</None>}
        {inbound.length > 0 && (
          <ul className={`${classes.list} ${classes.bare}`} aria-label={t.replies}>
            {inbound.map((text) => (
              <Row key={text.id} inbound={text} />
            ))}
          </ul>
        )}
      </Section>
      <Section title={texts.history.title}>
        {messages.length === 0 && nextCursor === null && <None>{t.noMessages}</None>}
        {messages.length > 0 && (
          <Grid
            isBare
            label={texts.history.title}
            columns={MESSAGE_COLUMNS}
            rows={messages}
            rowKey={({ id }) => id}
          />
        )}
        <Pages cursor={cursor} next={nextCursor} />
      </Section>
    </Stack>
  );
}

function None({ children }: { children: string }) {
  return (
    <Text size="sm" c="dimmed">
      {children}
    </Text>
  );
}

function Erasure({ erasure }: { erasure: Erased }) {
  const who = changedBy(erasure.requestedBy);
  const isDone = erasure.status === "done";
  return (
    <Alert color={isDone ? "gray" : "orange"} title={isDone ? t.done : t.running} role="status">
      {isDone
        ? t.doneLead(time(erasure.doneAt ?? erasure.requestedAt), who)
        : t.runningLead(time(erasure.requestedAt), who)}
    </Alert>
  );
}
