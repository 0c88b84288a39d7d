import { TextInput } from "@mantine/core";
import { useState } from "react";
import { tagsOf } from "../../lib/tags";
import { texts } from "../../texts";

interface Props {
  initial: string[];
  readOnly: boolean;
  error: string | undefined;
  onChange: (tags: string[]) => void;
}

/** A campaign's tags, separated by commas. */
export function Tags({ initial, readOnly, error, onChange }: Props) {
  const [text, setText] = useState(initial.join(", "));
  return (
    <TextInput
      label={texts.compose.tags}
      description={texts.compose.tagsHint}
      value={text}
      readOnly={readOnly}
      error={error}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onChange(tagsOf(event.currentTarget.value));
      }}
    />
  );
}
