import type { Campaign } from "../api/client";
import { type End, type Stage, stageOf } from "../lib/campaign";
import { texts } from "../texts";
import classes from "./Dot.module.css";

const STAGES: Record<Stage, string> = {
  draft: "var(--end-pending)",
  scheduled: "var(--stage-scheduled)",
  sending: "var(--end-sent)",
  paused: "var(--end-unknown)",
  stopped: "var(--skipped)",
  done: "var(--end-delivered)",
  canceled: "var(--skipped)",
  failed: "var(--end-failed)",
};

/** A label with its color; the color never says anything alone. */
function Dot({ color, label, pulse = false }: { color: string; label: string; pulse?: boolean }) {
  return (
    <span className={classes.label}>
      <span className={classes.dot} data-pulse={pulse || undefined} style={{ background: color }} />
      {label}
    </span>
  );
}

export function StageLabel({ campaign }: { campaign: Campaign }) {
  const stage = stageOf(campaign);
  return <Dot color={STAGES[stage]} label={texts.stage[stage]} pulse={stage === "sending"} />;
}

export function EndLabel({ end }: { end: End }) {
  return <Dot color={`var(--end-${end})`} label={texts.endShort[end]} />;
}

export function ToneLabel({
  tone,
  label,
}: {
  tone: "good" | "bad" | "calm" | "busy" | "due";
  label: string;
}) {
  const colors = {
    good: "--end-delivered",
    bad: "--end-failed",
    calm: "--skipped",
    busy: "--end-sent",
    due: "--end-unknown",
  };
  return <Dot color={`var(${colors[tone]})`} label={label} pulse={tone === "busy"} />;
}
