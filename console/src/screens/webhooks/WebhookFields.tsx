import { Checkbox, SimpleGrid, Stack, TextInput } from "@mantine/core";
import type { EventType } from "../../api/client";
import type { RequestFailed } from "../../api/problem";
import { EVENT_TYPES } from "../../api/webhooks";
import { fieldError } from "../../components/ProblemAlert";
import { texts } from "../../texts";

const t = texts.webhooks;

export interface Endpoint {
  url: string;
  /** None means all. */
  types: EventType[];
}

interface Props {
  value: Endpoint;
  isAll: boolean;
  failure: RequestFailed | null;
  onChange: (value: Endpoint, isAll: boolean) => void;
}

/** Where events go, and which. */
export function WebhookFields({ value, isAll, failure, onChange }: Props) {
  return (
    <Stack gap="md">
      <TextInput
        type="url"
        label={t.url}
        description={t.urlHint}
        placeholder="https://hooks.example.com/volley"
        value={value.url}
        maxLength={1000}
        onChange={(event) => onChange({ ...value, url: event.currentTarget.value }, isAll)}
        error={fieldError(t.url, failure?.fields.url)}
        data-autofocus
      />
      <Checkbox
        label={t.all}
        checked={isAll}
        onChange={(event) => onChange(value, event.currentTarget.checked)}
      />
      {!isAll && (
        <Checkbox.Group
          label={t.types}
          value={value.types}
          error={fieldError(t.types, failure?.fields.types)}
          onChange={(types) =>
            onChange({ ...value, types: EVENT_TYPES.filter((type) => types.includes(type)) }, isAll)
          }
        >
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing={8} mt={8}>
            {EVENT_TYPES.map((type) => (
              <Checkbox key={type} value={type} label={type} />
            ))}
          </SimpleGrid>
        </Checkbox.Group>
      )}
    </Stack>
  );
}

/** What is sent to the API: no types are all of them. */
export const chosenTypes = ({ types }: Endpoint, isAll: boolean): EventType[] => (isAll ? [] : types);
