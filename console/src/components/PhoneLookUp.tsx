import { Box, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { type FormEvent, useEffect, useState } from "react";

interface Props {
  label: string;
  /** What the address says. */
  phone: string | undefined;
  onLook: (phone: string | undefined) => void;
}

/** Looks a phone up when the form is submitted, because half a phone finds nothing. */
export function PhoneLookUp({ label, phone, onLook }: Props) {
  const [text, setText] = useState(phone ?? "");
  useEffect(() => setText(phone ?? ""), [phone]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onLook(text.trim() || undefined);
  };
  return (
    <Box component="form" onSubmit={submit} w={{ base: "100%", xs: "auto" }}>
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
          // Emptying the field is enough to see all again.
          if (now === "" && phone !== undefined) onLook(undefined);
        }}
        w={{ base: "100%", xs: 240 }}
      />
    </Box>
  );
}
