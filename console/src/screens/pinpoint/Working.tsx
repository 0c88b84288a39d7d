import { Progress, Stack, Text } from "@mantine/core";
import type { Doing } from "../../lib/pinpoint/use-move";
import { pinpointTexts as t } from "../../pinpoint-texts";

/** How far a move or its dry run is. */
export function Working({ doing, title }: { doing: Doing; title: string }) {
  const { step, uploaded, rows } = doing;
  const label = step === null ? t.preparing : step === "endpoints" ? t.contactsNext : t.optOutsFirst;
  const isUploading = uploaded !== null && uploaded < 1;
  return (
    <Stack gap={6}>
      <Progress
        value={isUploading ? uploaded * 100 : 100}
        animated={!isUploading}
        aria-label={isUploading ? t.uploading : label}
      />
      <Text size="sm" c="dimmed">
        {title} {isUploading ? t.uploading : rows > 0 ? t.progress(label, rows) : label}…
      </Text>
    </Stack>
  );
}
