/** A segment's filter as the builder edits it: a tree whose nodes keep their identity. */
import type { Filter } from "../api/client";
import { describeTest, texts } from "../texts";

export const KINDS = ["all", "any", "none"] as const;
export type Kind = (typeof KINDS)[number];

export const FIELDS = [
  "firstName",
  "lastName",
  "email",
  "phone",
  "country",
  "externalId",
  "status",
  "tags",
  "timeZone",
  "language",
  "createdAt",
  "updatedAt",
  "importId",
] as const;
type FieldName = (typeof FIELDS)[number];

export type Op = Extract<Filter, { field: unknown }>["op"];

/** The ops of times. Every contact has both times. */
export const TIME_OPS = ["withinLast", "before", "after", "between"] as const satisfies readonly Op[];
export const OPS = [
  "eq",
  "ne",
  "in",
  "notIn",
  "contains",
  "startsWith",
  "exists",
  "missing",
  "lt",
  "lte",
  "gt",
  "gte",
  "between",
  "before",
  "after",
  "withinLast",
] as const satisfies readonly Op[];

export interface TestNode {
  id: string;
  type: "test";
  field: FieldName | "attribute";
  /** The attribute's name. */
  attribute: string;
  op: Op;
  /** One entry for most ops, two for `between`, any number for `in` and `notIn`. */
  values: string[];
}

export interface ReferenceNode {
  id: string;
  type: "segment";
  segment: string;
}

export interface GroupNode {
  id: string;
  type: "group";
  kind: Kind;
  nodes: Node[];
}

export type Node = TestNode | ReferenceNode | GroupNode;

export const newTest = (): TestNode => ({
  id: crypto.randomUUID(),
  type: "test",
  field: "tags",
  attribute: "",
  op: "eq",
  values: [],
});
export const newReference = (): ReferenceNode => ({ id: crypto.randomUUID(), type: "segment", segment: "" });
export const newGroup = (kind: Kind, nodes: Node[]): GroupNode => ({
  id: crypto.randomUUID(),
  type: "group",
  kind,
  nodes,
});

export const isTime = (field: TestNode["field"]) => field === "createdAt" || field === "updatedAt";
export const takesNothing = (op: Op) => op === "exists" || op === "missing";
export const takesList = (op: Op) => op === "in" || op === "notIn";

function nodeOf(filter: Filter): Node {
  if ("all" in filter) return newGroup("all", filter.all.map(nodeOf));
  if ("any" in filter) return newGroup("any", filter.any.map(nodeOf));
  if ("none" in filter) return newGroup("none", filter.none.map(nodeOf));
  if ("segment" in filter) return { ...newReference(), segment: filter.segment };
  const { field, op, value } = filter;
  const named = typeof field === "string" ? FIELDS.find((name) => name === field) : undefined;
  return {
    ...newTest(),
    field: named ?? "attribute",
    attribute: typeof field === "string" ? "" : field.attribute,
    op,
    values: value === undefined ? [] : (Array.isArray(value) ? value : [value]).map(String),
  };
}

/** The builder's root is always a group. */
export function treeOf(filter: Filter): GroupNode {
  const node = nodeOf(filter);
  return node.type === "group" ? node : newGroup("all", [node]);
}

export function filterOf(node: Node): Filter {
  switch (node.type) {
    case "segment":
      return { segment: node.segment };
    case "group": {
      const filters = node.nodes.map(filterOf);
      return node.kind === "all"
        ? { all: filters }
        : node.kind === "any"
          ? { any: filters }
          : { none: filters };
    }
    case "test":
      return testOf(node);
  }
}

function testOf({ field, attribute, op, values }: TestNode): Filter {
  const subject = field === "attribute" ? { attribute } : field;
  if (takesNothing(op)) return { field: subject, op };
  return { field: subject, op, value: takesList(op) || op === "between" ? values : (values[0] ?? "") };
}

/** Whether nothing is left to fill in. */
export function isComplete(node: Node): boolean {
  switch (node.type) {
    case "segment":
      return node.segment !== "";
    case "group":
      return node.nodes.length > 0 && node.nodes.every(isComplete);
    case "test": {
      if (node.field === "attribute" && node.attribute.trim() === "") return false;
      if (takesNothing(node.op)) return true;
      const given = node.values.filter((value) => value.trim() !== "").length;
      return given >= (node.op === "between" ? 2 : 1);
    }
  }
}

/** A tree with one node replaced, or removed if the replacement is null. */
export function replaced(group: GroupNode, id: string, by: Node | null): GroupNode {
  const nodes = group.nodes.flatMap((node): Node[] => {
    if (node.id === id) return by === null ? [] : [by];
    return [node.type === "group" ? replaced(node, id, by) : node];
  });
  return { ...group, nodes };
}

type NameOf = (segmentId: string) => string;

/** The filter as a sentence. */
export function sentenceOf(filter: Filter, nameOf: NameOf): string {
  return phrase(filter, nameOf, true);
}

function phrase(filter: Filter, nameOf: NameOf, isOutermost: boolean): string {
  const group = (filters: Filter[], word: string) => {
    const joined = filters.map((inner) => phrase(inner, nameOf, filters.length === 1)).join(` ${word} `);
    return filters.length === 1 || isOutermost ? joined : `(${joined})`;
  };
  if ("all" in filter) return group(filter.all, texts.segments.and);
  if ("any" in filter) return group(filter.any, texts.segments.or);
  if ("none" in filter) {
    const inner = filter.none.map((one) => phrase(one, nameOf, filter.none.length === 1));
    return texts.segments.not(inner.join(` ${texts.segments.or} `));
  }
  if ("segment" in filter) return texts.segments.inSegment(nameOf(filter.segment));
  return describeTest(filter);
}

/** Values separated by commas; quotes keep a comma inside a value. */
export function listOf(text: string): string[] {
  const found = text.match(/"[^"]*"|[^,]+/g) ?? [];
  const values = found.map((value) => value.trim().replace(/^"(.*)"$/, "$1"));
  return values.filter((value) => value !== "");
}

export function listText(values: string[]): string {
  return values.map((value) => (value.includes(",") ? `"${value}"` : value)).join(", ");
}
