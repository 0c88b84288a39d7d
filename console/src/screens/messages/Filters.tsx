import { Button, Group, NativeSelect } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { Campaign, Report } from "../../api/client";
import { reportQuery } from "../../api/reports";
import { PhoneLookUp } from "../../components/PhoneLookUp";
import { count, country, period } from "../../lib/format";
import { texts } from "../../texts";

const route = getRouteApi("/campaigns/$campaignId/messages");
const t = texts.messages;
type Search = ReturnType<typeof route.useSearch>;
interface Choice {
  value: string;
  label: string;
}

/** The filters besides the status. The report says what there is to choose from. */
export function Filters({ campaign }: { campaign: Campaign }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const report = useQuery(reportQuery(campaign)).data;
  const { status, reason, code, phone, updatedSince, updatedBefore } = search;
  /** A cursor belongs to the filters that it was made with. */
  const change = (part: Search) => {
    const { cursor: _, ...before } = search;
    return navigate({ search: { ...before, ...part }, replace: true });
  };
  const isOfFailed = status === "failed" || reason !== undefined || code !== undefined;
  return (
    <Group gap="xs">
      <PhoneLookUp label={t.findPhone} phone={phone} onLook={(found) => void change({ phone: found })} />
      <Choose
        label={t.country}
        any={t.anyCountry}
        value={search.country}
        choices={countriesIn(report)}
        onChange={(value) => change({ country: value })}
      />
      {isOfFailed && (
        <>
          <Choose
            label={t.reason}
            any={t.anyReason}
            value={reason}
            choices={(report?.reasons ?? []).map(({ reason: value, messages }) => ({
              value,
              label: `${texts.failures[value][0]} (${count(messages)})`,
            }))}
            onChange={(value) => change({ reason: value as typeof reason, code: undefined })}
          />
          <Choose
            label={t.code}
            any={t.anyCode}
            value={code}
            choices={codesIn(report, reason)}
            onChange={(value) => change({ code: value })}
          />
        </>
      )}
      {(updatedSince ?? updatedBefore) !== undefined && (
        <Button
          variant="default"
          fw={450}
          rightSection={<IconX size={14} aria-hidden />}
          aria-label={t.removeTime}
          onClick={() => void change({ updatedSince: undefined, updatedBefore: undefined })}
        >
          {updatedSince !== undefined && updatedBefore !== undefined
            ? period(Date.parse(updatedSince), Date.parse(updatedBefore))
            : t.time}
        </Button>
      )}
    </Group>
  );
}

function countriesIn(report: Report | undefined): Choice[] {
  return (report?.countries ?? []).flatMap(({ country: value }) =>
    value === null ? [] : [{ value, label: country(value) }],
  );
}

function codesIn(report: Report | undefined, reason: string | undefined): Choice[] {
  const codes = (report?.codes ?? []).filter((known) => reason === undefined || known.reason === reason);
  return codes.map(({ code, messages }) => ({ value: code, label: `${code} (${count(messages)})` }));
}

interface ChooseProps {
  label: string;
  any: string;
  value: string | undefined;
  choices: Choice[];
  onChange: (value: string | undefined) => void;
}

/** A filter with what there is to choose from, and with what is chosen even if the report does not know it. */
function Choose({ label, any, value, choices, onChange }: ChooseProps) {
  const isKnown = value === undefined || choices.some((choice) => choice.value === value);
  if (choices.length === 0 && value === undefined) return null;
  return (
    <NativeSelect
      aria-label={label}
      w={{ base: "100%", xs: 190 }}
      value={value ?? ""}
      data={[{ value: "", label: any }, ...choices, ...(isKnown ? [] : [{ value, label: value }])]}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    />
  );
}
