import { Alert, Stack, Text } from "@mantine/core";
import { Copyable } from "../../components/Copyable";
import { Section } from "../../components/Section";
import type { Found } from "../../lib/pinpoint/recognize";
import { pinpointTexts as t } from "../../pinpoint-texts";
import { Files } from "./Files";

export const COMMAND = "volley import pinpoint ./dump/";

/** What the console does not move, and the command that does. */
export function Elsewhere({ found, hasOptOuts }: { found: Found[]; hasOptOuts: boolean }) {
  return (
    <Section title={t.elsewhere}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {t.elsewhereLead}
        </Text>
        {hasOptOuts && <Alert color="orange">{t.optOutsElsewhere}</Alert>}
        {found.length > 0 && <Files found={found} />}
        <Copyable value={COMMAND} />
      </Stack>
    </Section>
  );
}
