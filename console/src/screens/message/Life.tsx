import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { CSSProperties } from "react";
import type { Message, TimelineStep } from "../../api/client";
import { timelineQuery } from "../../api/reports";
import { Loading } from "../../components/Loading";
import { ProblemAlert } from "../../components/ProblemAlert";
import { precise, utc } from "../../lib/format";
import { texts } from "../../texts";
import classes from "../result/Timeline.module.css";

const t = texts.timeline;

/** Every report about a message, in order: who reported what, and the provider's own code. */
export function Life({ message }: { message: Message }) {
  const timeline = useQuery(timelineQuery(message));
  if (timeline.isPending) return <Loading lines={3} />;
  if (timeline.isError) return <ProblemAlert error={timeline.error} retry={() => void timeline.refetch()} />;
  return (
    <ol className={classes.steps}>
      {timeline.data.steps.map((step) => (
        <Step key={`${step.at} ${step.source} ${step.status}`} step={step} />
      ))}
    </ol>
  );
}

function Step({ step }: { step: TimelineStep }) {
  const { at, source, status, errorReason, errorCode, meaning } = step;
  const [why, what] = texts.failures[errorReason ?? "other"];
  return (
    <li className={classes.step} style={{ "--dot": `var(--end-${status})` } as CSSProperties}>
      <Text size="sm" fw={550}>
        {t.status[status]}
      </Text>
      <Text size="sm" c="dimmed" className="number">
        <time dateTime={at} title={utc(at)}>
          {precise(at)}
        </time>
      </Text>
      <div className={classes.detail}>
        <Text size="sm" c="dimmed">
          {status === "pending" ? t.claimed : t.source[source]}
        </Text>
        {status === "unknown" && <Text size="sm">{texts.endHelp.unknown}</Text>}
        {status === "failed" && (
          <Text size="sm">
            {why}.{" "}
            <Text span inherit c="dimmed">
              {what}
            </Text>
          </Text>
        )}
        {errorCode !== null && (
          <Text size="sm">
            <Text span inherit c="dimmed" className="number">
              {texts.report.code(errorCode)}
            </Text>{" "}
            {meaning ?? texts.report.unknownCode}
          </Text>
        )}
      </div>
    </li>
  );
}
