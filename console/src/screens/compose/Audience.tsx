import { Anchor, Button, Group, NativeSelect, Stack, Text } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Segment } from "../../api/client";
import { segmentsQuery } from "../../api/segments";
import { ProblemAlert } from "../../components/ProblemAlert";
import type { Target } from "../../lib/use-draft";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";

const t = texts.audience;
/** The API's limit for each list. */
const MAX_SEGMENTS = 10;

interface Props {
  /** Null means everyone. */
  target: Target | null;
  readOnly: boolean;
  onChange: (target: Target | null) => void;
}

/** Who gets the campaign: everyone or some segments, without others. */
export function Audience({ target, readOnly, onChange }: Props) {
  const { organizationId } = useSession();
  const segments = useQuery(segmentsQuery(organizationId));
  const { include, exclude } = target ?? { include: [], exclude: [] };
  const known = segments.data?.items ?? [];
  const set = (after: Target) =>
    onChange(after.include.length === 0 && after.exclude.length === 0 ? null : after);
  if (segments.isError) return <ProblemAlert error={segments.error} retry={() => void segments.refetch()} />;
  if (known.length === 0 && target === null) {
    return (
      <Text size="sm">
        {t.everyone}{" "}
        <Anchor
          inherit
          renderRoot={(props) => <Link to="/segments/$segmentId" params={{ segmentId: "new" }} {...props} />}
        >
          {t.makeSegment}
        </Anchor>
      </Text>
    );
  }
  const shared = { segments: known, readOnly, taken: [...include, ...exclude] };
  return (
    <Stack gap="md">
      <Chosen
        {...shared}
        label={t.to}
        empty={t.everyone}
        add={t.include}
        ids={include}
        onChange={(ids) => set({ include: ids, exclude })}
      />
      <Chosen
        {...shared}
        label={t.without}
        empty={t.noOne}
        add={t.exclude}
        ids={exclude}
        onChange={(ids) => set({ include, exclude: ids })}
      />
    </Stack>
  );
}

interface ChosenProps {
  label: string;
  empty: string;
  add: string;
  segments: Segment[];
  ids: string[];
  taken: string[];
  readOnly: boolean;
  onChange: (ids: string[]) => void;
}

function Chosen({ label, empty, add, segments, ids, taken, readOnly, onChange }: ChosenProps) {
  const nameOf = (id: string) => segments.find((segment) => segment.id === id)?.name ?? texts.segments.gone;
  const free = segments.filter(({ id }) => !taken.includes(id));
  return (
    <div>
      <Text size="sm" fw={550} mb={4}>
        {label}
      </Text>
      {ids.length === 0 && (
        <Text size="sm" mb={6}>
          {empty}
        </Text>
      )}
      {ids.length > 0 && (
        <Group gap={6} mb={6}>
          {ids.map((id) => (
            <Button
              key={id}
              size="compact-sm"
              variant="default"
              disabled={readOnly}
              rightSection={<IconX size={13} aria-hidden />}
              aria-label={t.remove(nameOf(id))}
              onClick={() => onChange(ids.filter((other) => other !== id))}
            >
              {nameOf(id)}
            </Button>
          ))}
        </Group>
      )}
      {!readOnly && free.length > 0 && ids.length < MAX_SEGMENTS && (
        <NativeSelect
          aria-label={add}
          maw={340}
          value=""
          data={[{ value: "", label: add }, ...free.map(({ id, name }) => ({ value: id, label: name }))]}
          onChange={(event) => {
            if (event.currentTarget.value !== "") onChange([...ids, event.currentTarget.value]);
          }}
        />
      )}
    </div>
  );
}
