import { Button, Checkbox, Group, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, body, type Campaign, once } from "../../api/client";
import { messageQuery } from "../../api/messages";
import { asFailure } from "../../api/problem";
import { EndLabel } from "../../components/Dot";
import { fieldError, sentence } from "../../components/ProblemAlert";
import { recipient } from "../../lib/recipient";
import { texts } from "../../texts";

const LAST = "volley.test-phone";

interface Props {
  campaign: Campaign;
  isReady: boolean;
  /** A test sends what is saved. */
  flush: () => Promise<void>;
}

/** Sends the draft to one phone and watches what happens to it. */
export function TestMessage({ campaign, isReady, flush }: Props) {
  const { id: campaignId, organizationId } = campaign;
  const [to, setTo] = useState(() => sessionStorage.getItem(LAST) ?? "");
  const [isConfirmed, setConfirmed] = useState(false);
  const queries = useQueryClient();
  const send = useMutation({
    mutationFn: async () => {
      await flush();
      return body(
        api.POST("/v1/organizations/{organizationId}/campaigns/{campaignId}/send-test", {
          params: { path: { organizationId, campaignId }, header: once() },
          body: { to, ...(isConfirmed ? { confirmOptedOut: true } : {}) },
        }),
      );
    },
    onSuccess: () => {
      sessionStorage.setItem(LAST, to);
      setConfirmed(false);
      void queries.invalidateQueries({ queryKey: [organizationId, "messages", campaignId] });
    },
  });
  const sent = useQuery({
    ...messageQuery(organizationId, campaignId, send.data?.id ?? ""),
    enabled: send.data !== undefined,
  });
  const message = sent.data ?? send.data;
  const failure = send.error ? asFailure(send.error) : null;
  const hasOptedOut = failure?.code === "recipient_opted_out";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <Group align="flex-start" gap="sm">
          <TextInput
            type="tel"
            label={texts.compose.testTo}
            description={texts.compose.testHint}
            inputWrapperOrder={["label", "input", "description", "error"]}
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
            error={
              failure && (fieldError(texts.compose.testTo, failure.fields.to) ?? sentence(failure.message))
            }
            flex="1 1 220px"
          />
          <Button
            type="submit"
            variant="default"
            disabled={!isReady || to.trim() === "" || (hasOptedOut && !isConfirmed)}
            loading={send.isPending}
            mt={{ base: 0, xs: 25 }}
          >
            {texts.compose.testSend}
          </Button>
        </Group>
        {hasOptedOut && (
          <Checkbox
            label={texts.compose.testConfirm}
            checked={isConfirmed}
            onChange={(event) => setConfirmed(event.currentTarget.checked)}
          />
        )}
        {message && (
          <Group gap="sm" role="status">
            {texts.compose.testStatus(recipient(message.to))} <EndLabel end={message.status} />
          </Group>
        )}
      </Stack>
    </form>
  );
}
