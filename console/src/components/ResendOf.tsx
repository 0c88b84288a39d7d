import { Text } from "@mantine/core";
import type { Campaign } from "../api/client";
import { texts } from "../texts";
import { CampaignName } from "./CampaignName";
import { ToneLabel } from "./Dot";

const t = texts.resend;

/** Which campaign a resend repeats, and for whom. */
export function ResendOf({ resend }: { resend: NonNullable<Campaign["resend"]> }) {
  const { of, reasons, includeUnknown, ready, chosen } = resend;
  const why = reasons.map((reason) => texts.failures[reason][0]);
  return (
    <div>
      <Text size="sm" fw={550} component="div" mb={4}>
        {t.of} <CampaignName campaignId={of} />
      </Text>
      <Text size="sm">{t.forThose}</Text>
      <ul style={{ margin: "4px 0", paddingLeft: 20, fontSize: 14 }}>
        {why.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
        {includeUnknown && <li>{t.unknownToo}</li>}
      </ul>
      <Text size="sm" c="dimmed" component="div" role="status">
        {ready ? t.chosen(chosen) : <ToneLabel tone="busy" label={t.choosing(chosen)} />}
      </Text>
    </div>
  );
}
