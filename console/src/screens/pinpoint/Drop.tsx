import { Button, FileButton, Text } from "@mantine/core";
import { IconFileZip } from "@tabler/icons-react";
import { useState } from "react";
import { pinpointTexts as t } from "../../pinpoint-texts";
import classes from "../Imports.module.css";

/** What file inputs offer. Keys of exports have names of any kind, but end so. */
export const ACCEPTED = ".gz,.json,.jsonl,.ndjson,.csv,.zip,.tar,.txt";

/** Where the files of a dump are dropped. */
export function Drop({ onFiles, isReading }: { onFiles: (files: File[]) => void; isReading: boolean }) {
  const [isOver, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same by keyboard
    <div
      className={classes.drop}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onFiles([...event.dataTransfer.files]);
      }}
    >
      <IconFileZip size={32} stroke={1.4} aria-hidden />
      <Text fw={550}>{t.drop}</Text>
      <FileButton multiple accept={ACCEPTED} onChange={onFiles}>
        {(props) => (
          <Button {...props} loading={isReading}>
            {t.choose}
          </Button>
        )}
      </FileButton>
      <Text size="sm" c="dimmed">
        {t.limit}
      </Text>
    </div>
  );
}
