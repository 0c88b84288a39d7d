import { ActionIcon, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import type { Organization } from "../../api/client";
import { ProblemAlert } from "../../components/ProblemAlert";
import { Save } from "../../components/Save";
import { Section } from "../../components/Section";
import { useOrganization } from "../../lib/use-organization";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";

const t = texts.settings;

/** What a part costs by country, so that quotes have a price. */
export function Prices({ organization }: { organization: Organization }) {
  const { isAdmin } = useSession();
  const { change } = useOrganization();
  const [currency, setCurrency] = useState(organization.prices?.currency ?? "USD");
  const [rows, setRows] = useState(() => {
    const known = Object.entries(organization.prices?.perPart ?? {});
    return known.length === 0 ? [[organization.defaultRegion, ""] as [string, string]] : known;
  });
  const setRow = (place: number, row: [string, string] | null) =>
    setRows(rows.flatMap((old, index) => (index !== place ? [old] : row === null ? [] : [row])));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const filled = rows.filter(([country, price]) => country.trim() !== "" && price.trim() !== "");
    const perPart = Object.fromEntries(
      filled.map(([country, price]) => [country.trim().toUpperCase(), price.trim()]),
    );
    change.mutate({ prices: { currency: currency.trim().toUpperCase(), perPart } });
  };
  return (
    <Section title={t.prices}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            {t.pricesLead}
          </Text>
          <TextInput
            label={t.currency}
            value={currency}
            maxLength={3}
            readOnly={!isAdmin}
            w={120}
            onChange={(event) => setCurrency(event.currentTarget.value)}
          />
          {rows.map(([country, price], place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a country changes as it is typed
            <Group key={place} gap="sm" align="flex-end" wrap="nowrap">
              <TextInput
                label={t.country}
                value={country}
                maxLength={2}
                readOnly={!isAdmin}
                w={120}
                onChange={(event) => setRow(place, [event.currentTarget.value, price])}
              />
              <TextInput
                label={t.perPart}
                inputMode="decimal"
                placeholder="0.0079"
                value={price}
                readOnly={!isAdmin}
                onChange={(event) => setRow(place, [country, event.currentTarget.value])}
              />
              {isAdmin && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size={36}
                  aria-label={t.removePrice(country)}
                  onClick={() => setRow(place, null)}
                >
                  <IconX size={16} />
                </ActionIcon>
              )}
            </Group>
          ))}
          {change.isError && <ProblemAlert error={change.error} />}
          {isAdmin && (
            <Group justify="space-between">
              <Button variant="subtle" size="compact-sm" onClick={() => setRows([...rows, ["", ""]])}>
                {t.addPrice}
              </Button>
              <Save change={change} />
            </Group>
          )}
        </Stack>
      </form>
    </Section>
  );
}
