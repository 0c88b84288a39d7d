import { Input } from "@mantine/core";
import { type ReactNode, useId, useMemo, useRef } from "react";
import { isGsm } from "../../lib/parts";
import { texts } from "../../texts";
import classes from "./Editor.module.css";
import { MergeFields } from "./MergeFields";
import { PartCounter, type RenderedParts } from "./PartCounter";

interface Props {
  value: string;
  readOnly: boolean;
  error: string | undefined;
  onChange: (value: string) => void;
  /** Null unless the text has merge fields. */
  rendered: RenderedParts | null;
}

/** The text, with every character marked that makes it cost more. */
export function Editor({ value, readOnly, error, onChange, rendered }: Props) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const insert = (text: string) => {
    const start = field.current?.selectionStart ?? value.length;
    const end = field.current?.selectionEnd ?? start;
    onChange(value.slice(0, start) + text + value.slice(end));
    field.current?.focus();
  };
  const marks = useRef<HTMLDivElement>(null);
  const marked = useMemo(() => mark(value), [value]);
  const follow = (top: number) => {
    if (marks.current) marks.current.scrollTop = top;
  };
  return (
    <Input.Wrapper
      id={id}
      label={texts.compose.body}
      description={rendered === null ? texts.compose.bodyHint : texts.compose.templateHint}
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
          ref={field}
          className={classes.text}
          value={value}
          readOnly={readOnly}
          rows={7}
          placeholder={texts.compose.bodyPlaceholder}
          onChange={(event) => onChange(event.currentTarget.value)}
          onScroll={(event) => follow(event.currentTarget.scrollTop)}
        />
      </div>
      <PartCounter body={value} rendered={rendered} onReplace={readOnly ? null : onChange} />
      {!readOnly && <MergeFields onInsert={insert} />}
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
