import { Button, Group, NumberInput, SimpleGrid, Text } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Organization } from "../api/client";
import { asFailure } from "../api/problem";
import { Curl } from "../components/Curl";
import { Facts } from "../components/Facts";
import { Loading } from "../components/Loading";
import { Page } from "../components/Page";
import { fieldError, ProblemAlert } from "../components/ProblemAlert";
import { Section } from "../components/Section";
import { count, duration, phone } from "../lib/format";
import { useOrganization } from "../lib/use-organization";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";
import classes from "./Senders.module.css";

const t = texts.senders;
const SAMPLE = 10_000;

/** The numbers that texts come from, and how fast they are. */
export function Senders() {
  const { organizationId, isAdmin } = useSession();
  const { query, change } = useOrganization();
  if (query.isPending) return <Loading lines={6} />;
  if (query.isError) return <ProblemAlert error={query.error} retry={() => void query.refetch()} />;
  const organization = query.data;
  return (
    <Page
      title={t.title}
      lead={t.lead}
      narrow
      actions={<Curl method="GET" path={`/v1/organizations/${organizationId}`} />}
    >
      {change.isError && Object.keys(asFailure(change.error).fields).length === 0 && (
        <ProblemAlert error={change.error} />
      )}
      <Section title={t.numbers}>
        <ul className={classes.numbers}>
          {organization.senderPhones.map((number) => (
            <li key={number}>
              <Text fw={550} className="number">
                {phone(number)}
              </Text>
              {number === organization.senderPhone ? (
                <Text size="sm" c="dimmed">
                  {t.current}
                </Text>
              ) : (
                isAdmin && (
                  <Button
                    size="compact-sm"
                    variant="default"
                    loading={change.isPending}
                    onClick={() => change.mutate({ senderPhone: number })}
                  >
                    {t.use}
                  </Button>
                )
              )}
            </li>
          ))}
        </ul>
      </Section>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
        <Section title={t.rate}>
          <Text size="lg" fw={550}>
            {t.perSecond(organization.partsPerSecond)}
          </Text>
          <Text size="sm" c="dimmed" mb="md">
            {t.time(count(SAMPLE), duration(SAMPLE / organization.partsPerSecond))}
          </Text>
          {isAdmin && <Rate key={organization.updatedAt} organization={organization} change={change} />}
        </Section>
        <Section title={t.provider}>
          <Facts items={factsOf(organization)} />
        </Section>
      </SimpleGrid>
    </Page>
  );
}

interface RateProps {
  organization: Organization;
  change: ReturnType<typeof useOrganization>["change"];
}

function Rate({ organization, change }: RateProps) {
  const [rate, setRate] = useState<string | number>(organization.partsPerSecond);
  const error = change.error && asFailure(change.error).fields.partsPerSecond;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ partsPerSecond: Number(rate) });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Group align="flex-start" gap="xs">
        <NumberInput
          label={t.setRate}
          description={t.setRateHint(organization.maxPartsPerSecond)}
          inputWrapperOrder={["label", "input", "description", "error"]}
          min={1}
          max={organization.maxPartsPerSecond}
          clampBehavior="strict"
          hideControls
          value={rate}
          onChange={setRate}
          error={fieldError(t.setRate, error || undefined)}
          flex={1}
        />
        <Button
          type="submit"
          variant="default"
          mt={24}
          loading={change.isPending}
          disabled={rate === "" || rate === organization.partsPerSecond}
        >
          {texts.app.save}
        </Button>
      </Group>
    </form>
  );
}

function factsOf({ provider, testsPerDay }: Organization): [string, string][] {
  const tests: [string, string] = [t.tests, count(testsPerDay)];
  if (provider.kind === "aws") {
    return [
      [t.provider, t.aws],
      ...(provider.originationIdentity
        ? [[t.identity, provider.originationIdentity] as [string, string]]
        : []),
      tests,
    ];
  }
  return [
    [t.provider, t.twilio],
    [t.account, provider.account ? t.ownAccount : t.sharedAccount],
    ...(provider.messagingServiceSid ? [[t.service, provider.messagingServiceSid] as [string, string]] : []),
    ...(provider.validitySeconds
      ? [[t.validity, duration(provider.validitySeconds)] as [string, string]]
      : []),
    tests,
  ];
}
