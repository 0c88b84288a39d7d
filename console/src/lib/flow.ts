/** The balance sheet as three columns of bars and the bands between them. */
import { type Balance, ENDS, type End, SKIPS, type Skip } from "./campaign";

export type NodeName = "contacts" | "recipients" | Skip | End;

export interface FlowNode {
  name: NodeName;
  column: 0 | 1 | 2;
  value: number;
  top: number;
  height: number;
}

export interface Band {
  from: NodeName;
  to: NodeName;
  /** Both edges at either side. */
  start: [top: number, bottom: number];
  end: [top: number, bottom: number];
}

const BAR_HEIGHT = 220;
/** A bar never disappears, and its label has room. */
const MIN_BAR = 3;
const MIN_SLOT = 40;
const GAP = 8;

/** One column: bars in proportion, each in a slot that holds its label. */
function stack(column: FlowNode["column"], entries: [NodeName, number][], scale: number): FlowNode[] {
  let top = 0;
  return entries
    .filter(([, value]) => value > 0)
    .map(([name, value]) => {
      const height = Math.max(MIN_BAR, value * scale);
      const node = { name, column, value, top, height };
      top += Math.max(height, MIN_SLOT) + GAP;
      return node;
    });
}

/** The bands from one bar to its parts, side by side at the bar and wherever the parts are. */
function split(parent: FlowNode, children: FlowNode[]): Band[] {
  const total = children.reduce((sum, { value }) => sum + value, 0);
  let top = parent.top;
  return children.map((child) => {
    const share = (child.value / total) * parent.height;
    const band: Band = {
      from: parent.name,
      to: child.name,
      start: [top, top + share],
      end: [child.top, child.top + child.height],
    };
    top += share;
    return band;
  });
}

export function flowOf(balance: Balance): { nodes: FlowNode[]; bands: Band[]; height: number } {
  const scale = BAR_HEIGHT / Math.max(1, balance.contacts);
  const first = stack(0, [["contacts", balance.contacts]], scale);
  const second = stack(
    1,
    [
      ["recipients", balance.recipients],
      ...SKIPS.map((skip): [NodeName, number] => [skip, balance.skipped[skip]]),
    ],
    scale,
  );
  const third = stack(
    2,
    ENDS.map((end): [NodeName, number] => [end, balance.ends[end]]),
    scale,
  );
  const nodes = [...first, ...second, ...third];
  const recipients = second.find(({ name }) => name === "recipients");
  const bands = [
    ...first.flatMap((contacts) => split(contacts, second)),
    ...(recipients === undefined ? [] : split(recipients, third)),
  ];
  const height = Math.max(...nodes.map(({ top, height }) => top + Math.max(height, MIN_SLOT)), MIN_SLOT);
  return { nodes, bands, height };
}
