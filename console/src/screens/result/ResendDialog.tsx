import { Alert, Button, Checkbox, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, body, type Campaign, type ErrorReason, once } from "../../api/client";
import { campaignQuery, campaignsQuery } from "../../api/queries";
import { reportQuery } from "../../api/reports";
import { Curl } from "../../components/Curl";
import { Dialog } from "../../components/Dialog";
import { Loading } from "../../components/Loading";
import { ProblemAlert } from "../../components/ProblemAlert";
import { count } from "../../lib/format";
import { isResendable, RESENDABLE, WORTH_TRYING } from "../../lib/resend";
import { texts } from "../../texts";

const t = texts.resend;

/** Makes a draft for those whom a campaign did not reach. */
export function ResendButton({ campaign }: { campaign: Campaign }) {
  const [opened, dialog] = useDisclosure();
  return (
    <>
      <Button variant="default" onClick={dialog.open}>
        {t.open}
      </Button>
      <Dialog opened={opened} onClose={dialog.close} title={t.title}>
        <Choose campaign={campaign} />
      </Dialog>
    </>
  );
}

interface Choice {
  reason: ErrorReason;
  messages: number;
}

function Choose({ campaign }: { campaign: Campaign }) {
  const report = useQuery(reportQuery(campaign));
  if (report.isPending) return <Loading lines={4} />;
  if (report.isError) return <ProblemAlert error={report.error} retry={() => void report.refetch()} />;
  const failed = report.data.reasons.filter(({ reason }) => isResendable(reason));
  // Without failures, only messages with an unknown outcome are left. The API wants a reason anyway.
  const choices = failed.length > 0 ? failed : RESENDABLE.map((reason) => ({ reason, messages: 0 }));
  return <Form campaign={campaign} choices={choices} unknown={report.data.counts.unknown} />;
}

interface Props {
  campaign: Campaign;
  choices: Choice[];
  unknown: number;
}

function Form({ campaign, choices, unknown }: Props) {
  const [reasons, setReasons] = useState(
    () => new Set(choices.map(({ reason }) => reason).filter((reason) => WORTH_TRYING.includes(reason))),
  );
  const [includeUnknown, setIncludeUnknown] = useState(false);
  const request = { reasons: [...reasons], includeUnknown };
  const make = useResend(campaign, request);
  const chosen = choices.filter(({ reason }) => reasons.has(reason));
  const people = chosen.reduce((sum, { messages }) => sum + messages, 0) + (includeUnknown ? unknown : 0);
  const command = [
    `volley campaigns resend ${campaign.id}`,
    ...request.reasons.map((reason) => `--reason ${reason}`),
    ...(includeUnknown ? ["--include-unknown"] : []),
  ].join(" ");
  return (
    <Stack gap="md">
      <Text size="sm">{t.lead}</Text>
      <Reasons choices={choices} value={request.reasons} onChange={setReasons} />
      {unknown > 0 && (
        <Checkbox
          label={t.includeUnknown(unknown)}
          checked={includeUnknown}
          onChange={(event) => setIncludeUnknown(event.currentTarget.checked)}
        />
      )}
      {includeUnknown && <Alert color="orange">{t.unknownWarning}</Alert>}
      {make.isError && <ProblemAlert error={make.error} />}
      <Group justify="space-between" gap="xs">
        <Curl
          method="POST"
          path={`/v1/organizations/${campaign.organizationId}/campaigns/${campaign.id}/resend`}
          body={request}
          command={command}
        />
        <Button
          ml="auto"
          loading={make.isPending}
          disabled={reasons.size === 0 || people === 0}
          onClick={() => make.mutate()}
        >
          {t.make(people)}
        </Button>
      </Group>
    </Stack>
  );
}

function Reasons(props: {
  choices: Choice[];
  value: ErrorReason[];
  onChange: (reasons: Set<ErrorReason>) => void;
}) {
  const change = (values: string[]) => props.onChange(new Set(values as ErrorReason[]));
  return (
    <Checkbox.Group label={t.reasons} value={props.value} onChange={change}>
      <Stack gap={8} mt={8}>
        {props.choices.map(({ reason, messages }) => (
          <Checkbox
            key={reason}
            value={reason}
            label={
              <>
                {texts.failures[reason][0]}{" "}
                <Text span inherit c="dimmed" className="number">
                  {count(messages)}
                </Text>
              </>
            }
          />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}

function useResend(
  { id: campaignId, organizationId }: Campaign,
  request: { reasons: ErrorReason[]; includeUnknown: boolean },
) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () =>
      body(
        api.POST("/v1/organizations/{organizationId}/campaigns/{campaignId}/resend", {
          params: { path: { organizationId, campaignId }, header: once() },
          body: request,
        }),
      ),
    onSuccess: async (draft) => {
      queries.setQueryData(campaignQuery(organizationId, draft.id).queryKey, draft);
      void queries.invalidateQueries({ queryKey: campaignsQuery(organizationId).queryKey });
      await navigate({ to: "/campaigns/$campaignId", params: { campaignId: draft.id } });
    },
  });
}
