import { Alert, Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, body, type Inbound, type Message, once } from "../../api/client";
import { inboundQuery } from "../../api/inbound";
import { asFailure } from "../../api/problem";
import { unsubscribeQuery } from "../../api/queries";
import { Curl, quoted } from "../../components/Curl";
import { EndLabel } from "../../components/Dot";
import { fieldError, ProblemAlert } from "../../components/ProblemAlert";
import { Time } from "../../components/Time";
import { phone } from "../../lib/format";
import { partsOf } from "../../lib/parts";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";
import classes from "./Conversation.module.css";

const t = texts.replies;
const MAX_LENGTH = 1_600;

/** The text, the replies to it, and the next reply. */
export function Conversation({ inbound }: { inbound: Inbound }) {
  const { canSend, organizationId } = useSession();
  const unsubscribe = useQuery(unsubscribeQuery(organizationId, inbound.from));
  const hasOptedOut = unsubscribe.data !== undefined && unsubscribe.data !== null;
  return (
    <>
      <ol className={classes.texts}>
        <li className={classes.theirs}>
          <div className={classes.bubble}>{inbound.body}</div>
          <div className={classes.note}>
            <Time at={inbound.receivedAt} />
          </div>
        </li>
        {inbound.replies?.map((reply) => (
          <Ours key={reply.id} reply={reply} />
        ))}
      </ol>
      {hasOptedOut && <Alert color="orange">{t.optedOut}</Alert>}
      {canSend && unsubscribe.data === null && <Answer inbound={inbound} />}
    </>
  );
}

function Ours({ reply }: { reply: Message }) {
  const { status, errorReason, body: text, sentAt, createdAt } = reply;
  return (
    <li className={classes.ours}>
      <div className={classes.bubble}>{text}</div>
      <div className={classes.note}>
        <EndLabel end={status} />
        <Time at={sentAt ?? createdAt} />
      </div>
      {errorReason !== null && (
        <Text size="xs" c="dimmed">
          {texts.failures[errorReason][0]}.
        </Text>
      )}
    </li>
  );
}

function Answer({ inbound }: { inbound: Inbound }) {
  const { id: inboundId, organizationId, to } = inbound;
  const [text, setText] = useState("");
  const queries = useQueryClient();
  const send = useMutation({
    mutationFn: () =>
      body(
        api.POST("/v1/organizations/{organizationId}/inbound/{inboundId}/reply", {
          params: { path: { organizationId, inboundId }, header: once() },
          body: { body: text.trim() },
        }),
      ),
    onSuccess: async () => {
      setText("");
      await queries.invalidateQueries({ queryKey: inboundQuery(organizationId, inboundId).queryKey });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  const failure = send.error ? asFailure(send.error) : null;
  const isBlank = text.trim() === "";
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <Textarea
          label={t.reply}
          {...(to === null ? {} : { description: t.replyHint(phone(to)) })}
          autosize
          minRows={2}
          maxLength={MAX_LENGTH}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={fieldError(t.reply, failure?.fields.body)}
        />
        {failure && !failure.fields.body && <ProblemAlert error={failure} />}
        <Group justify="space-between" gap="xs">
          <Curl
            method="POST"
            path={`/v1/organizations/${organizationId}/inbound/${inboundId}/reply`}
            body={{ body: text.trim() }}
            command={`volley inbound reply ${inboundId} --body ${quoted(text.trim())}`}
          />
          <Button ml="auto" type="submit" loading={send.isPending} disabled={isBlank}>
            {t.replyDo(isBlank ? 1 : partsOf(text.trim()).count)}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
