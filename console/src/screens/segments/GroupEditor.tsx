import { ActionIcon, Button, Group, NativeSelect, Stack } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { Segment } from "../../api/client";
import {
  type GroupNode,
  KINDS,
  type Kind,
  type Node,
  newGroup,
  newReference,
  newTest,
  type ReferenceNode,
  replaced,
} from "../../lib/filter";
import { texts } from "../../texts";
import classes from "./GroupEditor.module.css";
import { TestEditor } from "./TestEditor";

const t = texts.segments;
/** The API's limit, whose last level is that of the conditions. */
const MAX_GROUPS = 4;

interface Props {
  group: GroupNode;
  depth: number;
  readOnly: boolean;
  segments: Segment[];
  onChange: (group: GroupNode) => void;
  /** Null for the outermost group. */
  onRemove: (() => void) | null;
}

/** Conditions and groups of them, and how they combine. */
export function GroupEditor({ group, depth, readOnly, segments, onChange, onRemove }: Props) {
  const add = (node: Node) => onChange({ ...group, nodes: [...group.nodes, node] });
  const change = (id: string, by: Node | null) => onChange(replaced(group, id, by));
  return (
    <fieldset className={classes.group} disabled={readOnly}>
      <legend className="unseen">{t.group}</legend>
      <Stack gap="sm">
        <div className={classes.row}>
          <NativeSelect
            aria-label={t.kindLabel}
            flex={1}
            value={group.kind}
            data={KINDS.map((kind) => ({ value: kind, label: t.kind[kind] }))}
            onChange={(event) => onChange({ ...group, kind: event.currentTarget.value as Kind })}
          />
          {onRemove && !readOnly && <Remove label={t.removeGroup} onClick={onRemove} />}
        </div>
        {group.nodes.map((node) => (
          <Item
            key={node.id}
            node={node}
            depth={depth}
            readOnly={readOnly}
            segments={segments}
            onChange={(after) => change(node.id, after)}
          />
        ))}
        {!readOnly && (
          <Group gap="xs">
            <Button variant="subtle" size="compact-sm" onClick={() => add(newTest())}>
              {t.addTest}
            </Button>
            {depth < MAX_GROUPS && (
              <Button
                variant="subtle"
                size="compact-sm"
                onClick={() => add(newGroup(group.kind === "any" ? "all" : "any", [newTest()]))}
              >
                {t.addGroup}
              </Button>
            )}
            {segments.length > 0 && (
              <Button variant="subtle" size="compact-sm" onClick={() => add(newReference())}>
                {t.addSegment}
              </Button>
            )}
          </Group>
        )}
      </Stack>
    </fieldset>
  );
}

interface ItemProps {
  node: Node;
  depth: number;
  readOnly: boolean;
  segments: Segment[];
  /** Null removes the node. */
  onChange: (node: Node | null) => void;
}

function Item({ node, depth, readOnly, segments, onChange }: ItemProps) {
  const remove = () => onChange(null);
  switch (node.type) {
    case "group":
      return (
        <GroupEditor
          group={node}
          depth={depth + 1}
          readOnly={readOnly}
          segments={segments}
          onChange={onChange}
          onRemove={remove}
        />
      );
    case "segment":
      return (
        <div className={classes.row}>
          <Reference node={node} segments={segments} onChange={onChange} />
          {!readOnly && <Remove label={t.removeSegment} onClick={remove} />}
        </div>
      );
    case "test":
      return (
        <div className={classes.row}>
          <TestEditor test={node} onChange={onChange} />
          {!readOnly && <Remove label={t.removeTest} onClick={remove} />}
        </div>
      );
  }
}

interface ReferenceProps {
  node: ReferenceNode;
  segments: Segment[];
  onChange: (node: ReferenceNode) => void;
}

function Reference({ node, segments, onChange }: ReferenceProps) {
  const isGone = node.segment !== "" && !segments.some(({ id }) => id === node.segment);
  return (
    <NativeSelect
      aria-label={t.segment}
      flex={1}
      value={node.segment}
      data={[
        { value: "", label: t.choose },
        ...segments.map(({ id, name }) => ({ value: id, label: name })),
        ...(isGone ? [{ value: node.segment, label: t.gone }] : []),
      ]}
      onChange={(event) => onChange({ ...node, segment: event.currentTarget.value })}
    />
  );
}

function Remove({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <ActionIcon variant="subtle" color="gray" size={36} aria-label={label} onClick={onClick}>
      <IconX size={16} />
    </ActionIcon>
  );
}
