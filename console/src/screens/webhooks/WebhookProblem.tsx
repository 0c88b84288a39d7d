import { Alert, Code, Stack, Text } from "@mantine/core";
import { asFailure } from "../../api/problem";
import { ProblemAlert } from "../../components/ProblemAlert";
import { texts } from "../../texts";

const t = texts.webhooks;
const COMMAND = `aws ssm put-parameter --type SecureString \\
  --name /volley/STACK/webhooks/key \\
  --value "$(openssl rand -base64 32)"`;

/** Why a request about webhooks failed; where the deployment has none, how to turn them on. */
export function WebhookProblem({ error }: { error: unknown }) {
  if (asFailure(error).code !== "webhooks_off") return <ProblemAlert error={error} />;
  return (
    <Alert color="orange" title={t.off} role="alert">
      <Stack gap="xs">
        <Text size="sm">{t.offLead}</Text>
        <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
          {COMMAND}
        </Code>
        <Text size="sm">{t.offDeploy}</Text>
        <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
          WebhooksEncryption=ssm:/volley/STACK/webhooks/key
        </Code>
      </Stack>
    </Alert>
  );
}
