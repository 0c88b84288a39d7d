import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";

interface Props {
  label: string;
  /** What the address says. */
  value: string;
  onChange: (value: string) => void;
}

/** A search whose text is in the address. The address follows the field, never a keystroke behind it. */
export function SearchInput({ label, value, onChange }: Props) {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setText(value);
  }, [value]);
  return (
    <TextInput
      data-search
      type="search"
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={15} aria-hidden />}
      value={text}
      onChange={(event) => {
        const now = event.currentTarget.value;
        setText(now);
        sent.current = now;
        onChange(now);
      }}
      w={{ base: "100%", xs: 260 }}
    />
  );
}
