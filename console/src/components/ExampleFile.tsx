import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { saveExample } from "../lib/example";
import { texts } from "../texts";

/** A file that shows the format better than a description. */
export function ExampleFile() {
  return (
    <Button
      variant="subtle"
      size="compact-sm"
      leftSection={<IconDownload size={14} aria-hidden />}
      onClick={saveExample}
    >
      {texts.imports.example}
    </Button>
  );
}
