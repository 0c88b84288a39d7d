import { Button, FileButton, Text } from "@mantine/core";
import { IconFileZip } from "@tabler/icons-react";
import { DropZone } from "../../components/DropZone";
import { pinpointTexts as t } from "../../pinpoint-texts";

/** What file inputs offer. Keys of exports have names of any kind, but end so. */
export const ACCEPTED = ".gz,.json,.jsonl,.ndjson,.csv,.zip,.tar,.txt";

/** Where the files of a dump are dropped. */
export function Drop({ onFiles, isReading }: { onFiles: (files: File[]) => void; isReading: boolean }) {
  return (
    <DropZone onFiles={onFiles}>
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
    </DropZone>
  );
}
