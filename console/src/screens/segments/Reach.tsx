import { Anchor, Button, Group, Progress, Stack, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Filter } from "../../api/client";
import type { components } from "../../api/schema";
import { filterPreviewQuery } from "../../api/segments";
import { Facts } from "../../components/Facts";
import { Loading } from "../../components/Loading";
import { ProblemAlert } from "../../components/ProblemAlert";
import { SKIPS } from "../../lib/campaign";
import { count, phone } from "../../lib/format";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";
import { nameOf } from "../contacts/name";

const t = texts.segments;

/** The number of people that a filter reaches, who is left out and why, and some of them. */
export function Reach({ filter }: { filter: Filter }) {
  const { organizationId } = useSession();
  // Everyone is counted only when asked, and only for the filter that was asked about.
  const [counted, setCounted] = useState<Filter | null>(null);
  const preview = useQuery({
    ...filterPreviewQuery(organizationId, filter, filter === counted),
    placeholderData: keepPreviousData,
  });
  if (preview.isError) return <ProblemAlert error={preview.error} retry={() => void preview.refetch()} />;
  if (!preview.data) return <Loading lines={4} />;
  if ("progress" in preview.data) return <Counting counted={preview.data} />;
  const { recipients, contacts, skipped, exact, error, samples } = preview.data;
  const reasons = SKIPS.filter((skip) => skipped[skip] > 0);
  return (
    <Stack gap="sm" mb="sm" aria-busy={preview.isPlaceholderData}>
      <Group gap={8} align="baseline" role="status">
        <Text span fz={28} fw={600} className="number" data-reach={recipients}>
          {exact ? "" : "≈ "}
          {count(recipients)}
        </Text>
        <Text span c="dimmed" size="sm">
          {texts.check.recipientsUnit(recipients)} {t.of(count(contacts))}
        </Text>
      </Group>
      {preview.isPlaceholderData && (
        <Text size="sm" c="dimmed">
          {t.counting}
        </Text>
      )}
      {error !== null && (
        <Group justify="space-between" gap="xs">
          <Text size="sm" c="dimmed">
            {t.about(count(error))}
          </Text>
          <Button variant="subtle" size="compact-sm" onClick={() => setCounted(filter)}>
            {t.countAll}
          </Button>
        </Group>
      )}
      {reasons.length > 0 && (
        <Facts items={reasons.map((skip) => [texts.skipped[skip], count(skipped[skip])])} />
      )}
      {samples.length > 0 && (
        <div>
          <Text size="sm" fw={550} mb={4}>
            {t.samples}
          </Text>
          {samples.map((contact) => (
            <Group key={contact.id} justify="space-between" gap="xs" wrap="nowrap">
              <Anchor
                size="sm"
                truncate
                renderRoot={(props) => (
                  <Link to="/contacts/$contactId" params={{ contactId: contact.id }} {...props} />
                )}
              >
                {nameOf(contact)}
              </Anchor>
              <Text size="sm" c="dimmed" className="number">
                {contact.phone ? phone(contact.phone) : texts.app.none}
              </Text>
            </Group>
          ))}
        </div>
      )}
    </Stack>
  );
}

/** How far the count is of an audience that takes longer than a request. */
function Counting({ counted }: { counted: components["schemas"]["PreviewProgress"] }) {
  return (
    <Stack gap="xs" mb="sm">
      <Text size="sm" c="dimmed" role="status">
        {t.soFar(count(counted.recipientsSoFar))}
      </Text>
      <Progress value={counted.progress * 100} aria-label={t.counting} />
    </Stack>
  );
}
