import { Text } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Campaign } from "../../api/client";
import { type Balance, ENDS, type End } from "../../lib/campaign";
import { type Band, type FlowNode, flowOf, type NodeName } from "../../lib/flow";
import { count, percent } from "../../lib/format";
import { texts } from "../../texts";
import classes from "./BalancePicture.module.css";
import { Sums } from "./Sums";

const BAR_WIDTH = 10;
const LABEL_GAP = 10;
/** Where each column begins, as a share of the width. */
const COLUMNS = { 0: 0, 1: 0.34, 2: 0.69 } as const;
/** Below this width, bars one below the other are easier to read. */
const MIN_WIDTH = 560;

function colorOf(name: NodeName): string {
  if (name === "contacts" || name === "recipients") return "var(--mantine-primary-color-filled)";
  return isEnd(name) ? `var(--end-${name})` : "var(--skipped)";
}

function isEnd(name: NodeName): name is End {
  return ENDS.some((end) => end === name);
}

function labelOf(name: NodeName): string {
  if (name === "contacts" || name === "recipients") return texts.campaign[name];
  return isEnd(name) ? texts.end[name] : texts.skipped[name];
}

/** Everyone in the contacts, and what happened to each: a picture that adds up. */
export function BalancePicture({ campaign, balance }: { campaign: Campaign; balance: Balance }) {
  const { ref, width } = useElementSize();
  const { nodes, bands, height } = useMemo(() => flowOf(balance), [balance]);
  const isWide = width >= MIN_WIDTH;
  const left = (column: FlowNode["column"]) => COLUMNS[column] * width;
  const columnOf = (name: NodeName) => nodes.find((node) => node.name === name)?.column ?? 0;
  return (
    <div ref={ref}>
      <div className={isWide ? classes.flow : classes.list} style={isWide ? { height } : undefined}>
        {isWide && (
          <svg width={width} height={height} aria-hidden="true" className={classes.picture}>
            {bands.map((band) => (
              <path
                key={band.to}
                d={pathOf(band, left(columnOf(band.from)) + BAR_WIDTH, left(columnOf(band.to)))}
                fill={colorOf(band.to)}
                className={classes.band}
              />
            ))}
            {nodes.map((node) => (
              <rect
                key={node.name}
                x={left(node.column)}
                y={node.top}
                width={BAR_WIDTH}
                height={node.height}
                rx={2}
                fill={colorOf(node.name)}
              />
            ))}
          </svg>
        )}
        {nodes.map((node) => (
          <Label
            key={node.name}
            campaign={campaign}
            node={node}
            balance={balance}
            position={isWide ? { left: left(node.column) + BAR_WIDTH + LABEL_GAP, top: node.top - 2 } : null}
          />
        ))}
      </div>
      <Sums balance={balance} />
    </div>
  );
}

/** A band with soft ends, from one bar to another. */
function pathOf({ start, end }: Band, from: number, to: number): string {
  const middle = (from + to) / 2;
  return [
    `M${from},${start[0]}`,
    `C${middle},${start[0]} ${middle},${end[0]} ${to},${end[0]}`,
    `L${to},${end[1]}`,
    `C${middle},${end[1]} ${middle},${start[1]} ${from},${start[1]}`,
    "Z",
  ].join(" ");
}

interface LabelProps {
  campaign: Campaign;
  node: FlowNode;
  balance: Balance;
  /** Null where labels are a list with bars. */
  position: { left: number; top: number } | null;
}

function Label({ campaign, node, balance, position }: LabelProps) {
  const { name, value } = node;
  const whole = isEnd(name) ? balance.recipients : balance.contacts;
  const number = isEnd(name) ? (
    <Link
      to="/campaigns/$campaignId/messages"
      params={{ campaignId: campaign.id }}
      search={{ status: name }}
      className="plain"
      title={texts.endHelp[name]}
    >
      {count(value)}
    </Link>
  ) : name === "contacts" || name === "recipients" ? (
    count(value)
  ) : (
    <Link
      to="/campaigns/$campaignId/skipped"
      params={{ campaignId: campaign.id }}
      search={{ reason: name }}
      className="plain"
    >
      {count(value)}
    </Link>
  );
  return (
    <div className={classes.label} style={position ?? undefined} data-name={name} data-column={node.column}>
      <Text fw={600} size="sm" className="number">
        {number}
        {name !== "contacts" && (
          <Text span size="xs" c="dimmed" fw={400} ml={6}>
            {percent(value, whole)}
          </Text>
        )}
      </Text>
      <Text size="xs" c="dimmed" className={classes.name}>
        {labelOf(name)}
      </Text>
      {position === null && (
        <span className={classes.bar}>
          <span style={{ width: `${(value / Math.max(1, whole)) * 100}%`, background: colorOf(name) }} />
        </span>
      )}
    </div>
  );
}
