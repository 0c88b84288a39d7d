import type { Webhook } from "../../api/client";
import { ToneLabel } from "../../components/Dot";
import { texts } from "../../texts";

const t = texts.webhooks;

/** Whether an endpoint gets events. */
export function WebhookState({ webhook: { enabled, failingSince } }: { webhook: Webhook }) {
  if (!enabled) return <ToneLabel tone="calm" label={t.disabled} />;
  if (failingSince !== null) return <ToneLabel tone="bad" label={t.failing} />;
  return <ToneLabel tone="good" label={t.enabled} />;
}
