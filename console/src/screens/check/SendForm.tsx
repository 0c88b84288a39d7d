import { Button, Group, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useMemo, useState } from "react";
import { api, body, type Campaign, type Quote } from "../../api/client";
import { asFailure } from "../../api/problem";
import { campaignQuery, campaignsQuery } from "../../api/queries";
import { Curl } from "../../components/Curl";
import { fieldError, ProblemAlert } from "../../components/ProblemAlert";
import { Section } from "../../components/Section";
import { localInput, money, time, utc, zone } from "../../lib/format";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";
import classes from "./SendForm.module.css";

/** From here on, the number has to be typed: a click is too easy. */
const MAX_WITHOUT_TYPING = 10_000;
const MAX_DAYS_AHEAD = 14;
const HOUR_MS = 3_600_000;

/** When to send, what it may cost, and the button that says what it does. */
export function SendForm({ campaign, quote }: { campaign: Campaign; quote: Quote }) {
  const { id: campaignId, organizationId } = campaign;
  const { canSend } = useSession();
  const [when, setWhen] = useState<"now" | "at">("now");
  const [at, setAt] = useState(() =>
    localInput(new Date(Math.ceil(Date.now() / HOUR_MS) * HOUR_MS + HOUR_MS)),
  );
  const [maxPrice, setMaxPrice] = useState("");
  const [typed, setTyped] = useState("");
  const queries = useQueryClient();
  const navigate = useNavigate();
  const scheduledAt = when === "at" && at !== "" ? new Date(at).toISOString() : null;
  const request = {
    ...(scheduledAt === null ? {} : { scheduledAt }),
    ...(maxPrice.trim() === "" ? {} : { maxPrice: maxPrice.trim() }),
  };
  // The same request is sent at most once, however often the button is pressed.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another request needs another key
  const onceKey = useMemo(() => crypto.randomUUID(), [JSON.stringify(request)]);
  const send = useMutation({
    mutationFn: () =>
      body(
        api.POST("/v1/organizations/{organizationId}/campaigns/{campaignId}/send", {
          params: { path: { organizationId, campaignId }, header: { "Idempotency-Key": onceKey } },
          body: request,
        }),
      ),
    onSuccess: async (after) => {
      queries.setQueryData(campaignQuery(organizationId, campaignId).queryKey, after);
      void queries.invalidateQueries({ queryKey: campaignsQuery(organizationId).queryKey });
      await navigate({ to: "/campaigns/$campaignId", params: { campaignId } });
    },
  });
  const price = quote.price && money(quote.price.amount, quote.price.currency);
  const label = when === "now" ? texts.check.send : texts.check.schedule;
  const mustType = quote.recipients > MAX_WITHOUT_TYPING;
  const hasTyped = !mustType || typed.replaceAll(/\D/g, "") === String(quote.recipients);
  const failure = send.error ? asFailure(send.error) : null;
  const isElsewhere =
    failure !== null && !("scheduledAt" in failure.fields) && !("maxPrice" in failure.fields);
  const problem = when === "at" ? problemOf(at) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Section
        title={texts.check.when}
        actions={
          <Curl
            method="POST"
            path={`/v1/organizations/${organizationId}/campaigns/${campaignId}/send`}
            body={request}
          />
        }
      >
        <Stack gap="md">
          <div className={classes.when}>
            <SegmentedControl
              aria-label={texts.check.when}
              value={when}
              onChange={(value) => setWhen(value as "now" | "at")}
              data={[
                { value: "now", label: texts.check.now },
                { value: "at", label: texts.check.at },
              ]}
            />
            {when === "at" && (
              <TextInput
                type="datetime-local"
                label={texts.check.atLabel}
                description={texts.check.atHint(zone())}
                value={at}
                min={localInput(new Date())}
                onChange={(event) => setAt(event.currentTarget.value)}
                error={fieldError(texts.check.atLabel, failure?.fields.scheduledAt) ?? problem}
              />
            )}
          </div>
          <Text size="sm" c="dimmed">
            {scheduledAt !== null && problem === null && `${texts.check.atUtc(utc(scheduledAt))} `}
            {texts.check.finish(time(finishOf(quote, scheduledAt)))}
          </Text>
          {quote.price && (
            <TextInput
              label={texts.check.limit}
              description={texts.check.limitHint}
              inputWrapperOrder={["label", "input", "description", "error"]}
              inputMode="decimal"
              placeholder={texts.check.noLimit}
              leftSection={quote.price.currency}
              leftSectionWidth={52}
              value={maxPrice}
              onChange={(event) => setMaxPrice(event.currentTarget.value)}
              error={fieldError(texts.check.limitName, failure?.fields.maxPrice)}
              maw={340}
            />
          )}
          {isElsewhere && <ProblemAlert error={failure} />}
          {mustType && canSend && (
            <TextInput
              label={texts.check.typeLabel(quote.recipients)}
              inputMode="numeric"
              autoComplete="off"
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              maw={340}
            />
          )}
          {canSend ? (
            <Group>
              <Button
                type="submit"
                size="md"
                loading={send.isPending}
                disabled={!hasTyped || problem !== null}
              >
                {label(quote.recipients, price)}
              </Button>
            </Group>
          ) : (
            <Text size="sm">{texts.app.readOnly}</Text>
          )}
        </Stack>
      </Section>
    </form>
  );
}

function problemOf(at: string): string | null {
  const ahead = new Date(at).getTime() - Date.now();
  if (Number.isNaN(ahead) || ahead <= 0) return texts.check.atPast;
  return ahead > MAX_DAYS_AHEAD * 24 * HOUR_MS ? texts.check.atFar : null;
}

/** When the last part leaves; a later start shifts the quote's finish. */
function finishOf(quote: Quote, scheduledAt: string | null): string {
  const finish = new Date(quote.estimatedFinishAt).getTime();
  const shift =
    scheduledAt === null ? 0 : new Date(scheduledAt).getTime() - new Date(quote.quotedAt).getTime();
  return new Date(finish + shift).toISOString();
}
