import { Alert, Anchor, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { api, body, type Contact } from "../api/client";
import { contactQuery, unsubscribeQuery } from "../api/queries";
import { Confirm } from "../components/Confirm";
import { Copyable } from "../components/Copyable";
import { Curl } from "../components/Curl";
import { ToneLabel } from "../components/Dot";
import { Facts } from "../components/Facts";
import { Loading } from "../components/Loading";
import { Page } from "../components/Page";
import { PersonLink } from "../components/PersonLink";
import { ProblemAlert } from "../components/ProblemAlert";
import { Section } from "../components/Section";
import { Time } from "../components/Time";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";
import { ContactForm } from "./contacts/ContactForm";
import { History } from "./contacts/History";
import { Membership } from "./contacts/Membership";
import { nameOf } from "./contacts/name";

const route = getRouteApi("/contacts/$contactId");

/** A person: fields, whether they may be texted, and every message to them. */
export function ContactPage() {
  const { contactId } = route.useParams();
  const { cursor } = route.useSearch();
  const { organizationId, canSend } = useSession();
  const contact = useQuery(contactQuery(organizationId, contactId));
  const queries = useQueryClient();
  const navigate = useNavigate();
  const path = { organizationId, contactId };
  if (contact.isPending) return <Loading lines={6} />;
  if (contact.isError) return <ProblemAlert error={contact.error} retry={() => void contact.refetch()} />;
  const remove = async () => {
    await body(api.DELETE("/v1/organizations/{organizationId}/contacts/{contactId}", { params: { path } }));
    await queries.invalidateQueries({ queryKey: [organizationId, "contacts"] });
    await navigate({ to: "/contacts" });
  };
  return (
    <Page
      title={nameOf(contact.data)}
      back={{ to: "/contacts", label: texts.contacts.title }}
      actions={
        <>
          <Curl method="GET" path={`/v1/organizations/${organizationId}/contacts/${contactId}`} />
          {canSend && (
            <Confirm
              label={texts.contacts.delete}
              title={texts.contacts.deleteTitle}
              lead={texts.contacts.deleteLead}
              confirm={texts.contacts.delete}
              isDangerous
              action={remove}
            />
          )}
        </>
      }
    >
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Section title={texts.contacts.details}>
          <ContactForm
            initial={contact.data}
            readOnly={!canSend}
            save={async (fields) => {
              const after = await body(
                api.PUT("/v1/organizations/{organizationId}/contacts/{contactId}", {
                  params: { path },
                  body: fields,
                }),
              );
              queries.setQueryData(contactQuery(organizationId, contactId).queryKey, after);
              void queries.invalidateQueries({ queryKey: [organizationId, "contacts"] });
            }}
          />
        </Section>
        <Stack gap="md">
          <Section title={texts.contacts.texting}>
            <Texting contact={contact.data} />
            <Text size="sm" mt="sm" component="div">
              <PersonLink phone={contact.data.phone}>{texts.person.link}</PersonLink>
            </Text>
          </Section>
          <Membership contactId={contactId} />
          <Section title={texts.contacts.record}>
            <Facts
              items={[
                [texts.contacts.id, <Copyable key="id" value={contactId} />],
                [texts.contacts.created, <Time key="created" at={contact.data.createdAt} />],
                [texts.contacts.updated, <Time key="updated" at={contact.data.updatedAt} />],
              ]}
            />
          </Section>
        </Stack>
      </SimpleGrid>
      {contact.data.phone !== null && <History contactId={contactId} cursor={cursor} />}
    </Page>
  );
}

function Texting({ contact }: { contact: Contact }) {
  const { organizationId, phone } = contact;
  const unsubscribe = useQuery({
    ...unsubscribeQuery(organizationId, phone ?? ""),
    enabled: phone !== null,
  });
  if (phone === null) return <ToneLabel tone="calm" label={texts.contacts.noPhone} />;
  if (unsubscribe.isPending) return <Loading lines={2} />;
  if (unsubscribe.isError) return <ProblemAlert error={unsubscribe.error} />;
  if (unsubscribe.data === null) return <ToneLabel tone="good" label={texts.contacts.mayText} />;
  const { source, unsubscribedAt, evidence } = unsubscribe.data;
  return (
    <Alert color="orange" title={texts.contacts.unsubscribed}>
      <Text size="sm">
        {texts.unsubscribes.sources[source]}, <Time at={unsubscribedAt} />
        {evidence && `: ${evidence}`}
      </Text>
      <Anchor size="sm" renderRoot={(props) => <Link to="/unsubscribes" search={{ phone }} {...props} />}>
        {texts.contacts.seeEvidence}
      </Anchor>
    </Alert>
  );
}
