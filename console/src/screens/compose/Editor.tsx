import { Input } from "@mantine/core";
import { type ReactNode, useId, useMemo, useRef } from "react";
import { isGsm } from "../../lib/parts";
import { texts } from "../../texts";
import classes from "./Editor.module.css";
import { PartCounter } from "./PartCounter";

interface Props {
  value: string;
  readOnly: boolean;
  error: string | undefined;
  onChange: (value: string) => void;
}

/** The text, with every character marked that makes it cost more. */
export function Editor({ value, readOnly, error, onChange }: Props) {
  const id = useId();
  const marks = useRef<HTMLDivElement>(null);
  const marked = useMemo(() => mark(value), [value]);
  const follow = (top: number) => {
    if (marks.current) marks.current.scrollTop = top;
  };
  return (
    <Input.Wrapper
      id={id}
      label={texts.compose.body}
      description={texts.compose.bodyHint}
      error={error}
      inputWrapperOrder={["label", "description", "input", "error"]}
    >
      <div className={classes.editor} data-error={error ? true : undefined}>
        {/* The same text beneath the field: a textarea cannot mark parts of its content. */}
        <div className={classes.marks} ref={marks} aria-hidden="true">
          {marked}
        </div>
        <textarea
          id={id}
          className={classes.text}
          value={value}
          readOnly={readOnly}
          rows={7}
          placeholder={texts.compose.bodyPlaceholder}
          onChange={(event) => onChange(event.currentTarget.value)}
          onScroll={(event) => follow(event.currentTarget.scrollTop)}
        />
      </div>
      <PartCounter body={value} onReplace={readOnly ? null : onChange} />
    </Input.Wrapper>
  );
}

/** The text cut where the marking changes. */
function mark(text: string): ReactNode[] {
  const runs: { text: string; isMarked: boolean }[] = [];
  for (const character of Array.from(text)) {
    const isMarked = !isGsm(character);
    const last = runs.at(-1);
    if (last?.isMarked === isMarked) last.text += character;
    else runs.push({ text: character, isMarked });
  }
  const nodes = runs.map((run, place) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: runs have no identity
    run.isMarked ? <mark key={place}>{run.text}</mark> : run.text,
  );
  // A line break at the very end takes up a line only if something follows.
  return [...nodes, "\u200b"];
}
