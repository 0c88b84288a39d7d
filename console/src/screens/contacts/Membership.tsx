import { NativeSelect, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Explanation } from "../../api/client";
import { explanationQuery, segmentsQuery } from "../../api/segments";
import { ToneLabel } from "../../components/Dot";
import { Loading } from "../../components/Loading";
import { ProblemAlert } from "../../components/ProblemAlert";
import { Section } from "../../components/Section";
import { useSession } from "../../shell/session-context";
import { describeTest, texts } from "../../texts";
import classes from "./Membership.module.css";

const t = texts.segments;

/** Why a contact is in a segment or not, condition by condition. */
export function Membership({ contactId }: { contactId: string }) {
  const { organizationId } = useSession();
  const [chosen, choose] = useState("");
  const segments = useQuery(segmentsQuery(organizationId));
  const explanation = useQuery({
    ...explanationQuery(organizationId, chosen, contactId),
    enabled: chosen !== "",
  });
  if (segments.data?.items.length === 0) return null;
  return (
    <Section title={t.membership}>
      <Stack gap="sm">
        {segments.isError && <ProblemAlert error={segments.error} />}
        <NativeSelect
          label={t.segment}
          description={t.membershipLead}
          value={chosen}
          data={[
            { value: "", label: t.choose },
            ...(segments.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(event) => choose(event.currentTarget.value)}
        />
        {chosen !== "" && explanation.isPending && <Loading lines={3} />}
        {explanation.isError && <ProblemAlert error={explanation.error} />}
        {explanation.data && (
          <div role="status">
            <ToneLabel
              tone={explanation.data.matches ? "good" : "bad"}
              label={explanation.data.matches ? t.isIn : t.isNotIn}
            />
            <ul className={classes.tree}>
              <Branch node={explanation.data} />
            </ul>
          </div>
        )}
      </Stack>
    </Section>
  );
}

function Branch({ node }: { node: Explanation }) {
  const kind = node.kind as keyof typeof t.explainKind | "test";
  const label = kind === "test" ? describeTest(node.test ?? {}) : t.explainKind[kind];
  return (
    <li>
      <ToneLabel
        tone={node.matches ? "good" : "bad"}
        label={`${label}: ${node.matches ? t.met : t.notMet}`}
      />
      {kind === "test" && (
        <Text span size="sm" c="dimmed" ml={6}>
          {node.found?.length ? t.found(node.found) : t.nothingFound}
        </Text>
      )}
      {node.filters.length > 0 && (
        <ul className={classes.tree}>
          {node.filters.map((inner, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no identity, and do not move
            <Branch key={place} node={inner} />
          ))}
        </ul>
      )}
    </li>
  );
}
