import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Campaign, Filter } from "../../api/client";
import { filterPreviewQuery, segmentsQuery } from "../../api/segments";
import { Facts } from "../../components/Facts";
import { ResendOf } from "../../components/ResendOf";
import { SKIPS } from "../../lib/campaign";
import { count } from "../../lib/format";
import { texts } from "../../texts";

const EVERYONE: Filter = {
  any: [
    { field: "phone", op: "exists" },
    { field: "phone", op: "missing" },
  ],
};

/** The target as a filter. It leaves out contacts of excluded segments, but not others with their phones. */
function filterOf(target: Campaign["target"]): Filter {
  if (target === null) return EVERYONE;
  const segments = (ids: string[]) => ids.map((segment) => ({ segment }));
  const included: Filter = target.include.length === 0 ? EVERYONE : { any: segments(target.include) };
  return target.exclude.length === 0 ? included : { all: [included, { none: segments(target.exclude) }] };
}

/** Who the campaign is for. */
export function WhoGetsIt({ campaign }: { campaign: Campaign }) {
  if (campaign.resend) return <ResendOf resend={campaign.resend} />;
  return <OfTarget campaign={campaign} />;
}

/** Who is in the target, and who of them is left out for which reason. */
function OfTarget({ campaign: { organizationId, target } }: { campaign: Campaign }) {
  const segments = useQuery({ ...segmentsQuery(organizationId), enabled: target !== null });
  const preview = useQuery(filterPreviewQuery(organizationId, filterOf(target)));
  const nameOf = (id: string) =>
    `“${segments.data?.items.find((segment) => segment.id === id)?.name ?? texts.segments.gone}”`;
  const skipped = preview.data && "skipped" in preview.data ? preview.data.skipped : undefined;
  const reasons = skipped ? SKIPS.filter((skip) => skipped[skip] > 0) : [];
  return (
    <>
      {target !== null && segments.data && (
        <Text size="sm" fw={550} mb={4}>
          {texts.audience.summary(target.include.map(nameOf), target.exclude.map(nameOf))}
        </Text>
      )}
      <Text size="sm">{target === null ? texts.check.everyone : texts.check.ofThem}</Text>
      {skipped && reasons.length > 0 && (
        <>
          <Text size="sm" fw={550} mt="sm" mb={4}>
            {texts.check.leftOut}
          </Text>
          <Facts items={reasons.map((skip) => [texts.skipped[skip], count(skipped[skip])])} />
        </>
      )}
    </>
  );
}
