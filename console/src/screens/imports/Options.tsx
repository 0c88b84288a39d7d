import { NativeSelect, SimpleGrid, TextInput } from "@mantine/core";
import { useState } from "react";
import { tagsOf } from "../../lib/tags";
import { type ImportOptions, MATCHES, ON_MATCH } from "../../lib/upload";
import { texts } from "../../texts";

const t = texts.imports;

interface Props {
  options: ImportOptions;
  disabled: boolean;
  onChange: (options: ImportOptions) => void;
}

/** How rows find contacts, and what happens then. */
export function Options({ options, disabled, onChange }: Props) {
  const [tags, setTags] = useState(options.tags.join(", "));
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
      <NativeSelect
        label={t.match}
        disabled={disabled}
        value={options.match ?? ""}
        data={[
          { value: "", label: t.matchAuto },
          ...MATCHES.map((match) => ({ value: match as string, label: t.matches[match] })),
        ]}
        onChange={(event) =>
          onChange({
            ...options,
            match: MATCHES.find((match) => match === event.currentTarget.value) ?? null,
          })
        }
      />
      <NativeSelect
        label={t.onMatch}
        disabled={disabled}
        value={options.onMatch}
        data={ON_MATCH.map((value) => ({ value, label: t.onMatches[value] }))}
        onChange={(event) =>
          onChange({ ...options, onMatch: event.currentTarget.value === "skip" ? "skip" : "update" })
        }
      />
      <TextInput
        label={t.tags}
        placeholder={t.tagsHint}
        disabled={disabled}
        value={tags}
        onChange={(event) => {
          setTags(event.currentTarget.value);
          onChange({ ...options, tags: tagsOf(event.currentTarget.value) });
        }}
      />
    </SimpleGrid>
  );
}
