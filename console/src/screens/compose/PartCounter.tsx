import { Button, Group, Stack, Text } from "@mantine/core";
import { nameOf, type Offender, offendersOf, replaceAll, replaceOffender } from "../../lib/gsm";
import { partsOf } from "../../lib/parts";
import { MAX_BODY } from "../../lib/use-draft";
import { texts } from "../../texts";
import classes from "./PartCounter.module.css";

/** What the texts of some recipients cost, null while that is unknown; a template has no recipients. */
export type RenderedParts = { most: { parts: number; encoding: string } | null } | "perRecipient";

interface Props {
  body: string;
  /** Null unless the text has merge fields. */
  rendered: RenderedParts | null;
  /** Null for people who may not change the text. */
  onReplace: ((body: string) => void) | null;
}

/** What the text costs, and what makes it cost more than it needs to. */
export function PartCounter({ body, rendered, onReplace }: Props) {
  const length = Array.from(body).length;
  const parts = partsOf(body);
  const offenders = offendersOf(body);
  const replaceable = offenders.filter(({ replacement }) => replacement !== null);
  const saved = parts.count - partsOf(replaceAll(body)).count;
  return (
    <Stack gap="xs" mt={8}>
      <Group justify="space-between" gap="xs">
        <Text
          size="sm"
          className="number"
          role="status"
          data-parts={rendered === null ? parts.count : mostOf(rendered)?.parts}
        >
          {body === "" ? texts.compose.each : cost(parts, rendered)}
        </Text>
        {body !== "" && rendered === null && (
          <Text size="sm" c="dimmed" className="number">
            {texts.compose.left(parts.left)}
          </Text>
        )}
      </Group>
      {rendered === null && length > MAX_BODY && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {texts.compose.tooLong(length)}
        </Text>
      )}
      {offenders.length > 0 && (
        <div className={classes.offenders}>
          <Text size="sm" fw={550}>
            {texts.compose.offenders(saved)}
          </Text>
          <Group gap={6} mt={8}>
            {offenders.map((offender) => (
              <Fix key={offender.character} offender={offender} body={body} onReplace={onReplace} />
            ))}
            {onReplace && replaceable.length > 1 && (
              <Button size="compact-sm" onClick={() => onReplace(replaceAll(body))}>
                {texts.compose.replaceAll}
              </Button>
            )}
          </Group>
        </div>
      )}
    </Stack>
  );
}

const mostOf = (rendered: RenderedParts) => (rendered === "perRecipient" ? null : rendered.most);

function cost(parts: { count: number; encoding: string }, rendered: RenderedParts | null): string {
  if (rendered === null) return texts.compose.counter(parts.count, parts.encoding);
  if (rendered === "perRecipient") return texts.compose.perRecipient;
  if (rendered.most === null) return texts.compose.counting;
  return texts.compose.upTo(rendered.most.parts, rendered.most.encoding);
}

function Fix({ offender, body, onReplace }: { offender: Offender } & Omit<Props, "rendered">) {
  const { character, replacement, count } = offender;
  const name = nameOf(character);
  const to = replacement === " " ? texts.compose.space : (replacement ?? "");
  const label = replacement === null ? texts.compose.remove(name) : texts.compose.replace(name, to);
  return (
    <Button
      size="compact-sm"
      variant="default"
      disabled={onReplace === null}
      onClick={() => onReplace?.(replaceOffender(body, offender))}
    >
      {label}
      {texts.compose.times(count)}
    </Button>
  );
}
