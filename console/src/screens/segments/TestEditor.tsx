import { NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import {
  FIELDS,
  isTime,
  listOf,
  listText,
  OPS,
  type Op,
  type TestNode,
  TIME_OPS,
  takesList,
  takesNothing,
} from "../../lib/filter";
import { texts } from "../../texts";
import classes from "./GroupEditor.module.css";

const t = texts.segments;
const UNITS = ["d", "w", "h"] as const;

interface Props {
  test: TestNode;
  onChange: (test: TestNode) => void;
}

/** One condition: a field, a comparison and what it is compared with. */
export function TestEditor({ test, onChange }: Props) {
  const ops: readonly Op[] = isTime(test.field) ? TIME_OPS : OPS;
  const choose = (field: TestNode["field"]) => {
    const allowed: readonly Op[] = isTime(field) ? TIME_OPS : OPS;
    const op = allowed.includes(test.op) ? test.op : (allowed[0] ?? "eq");
    onChange({ ...test, field, op, values: op === test.op ? test.values : [] });
  };
  return (
    <div className={classes.fields}>
      <NativeSelect
        aria-label={t.field}
        value={test.field}
        data={[...FIELDS, "attribute" as const].map((field) => ({ value: field, label: t.fields[field] }))}
        onChange={(event) => choose(event.currentTarget.value as TestNode["field"])}
      />
      {test.field === "attribute" && (
        <TextInput
          aria-label={t.attributeName}
          placeholder={t.attributeName}
          value={test.attribute}
          onChange={(event) => onChange({ ...test, attribute: event.currentTarget.value })}
        />
      )}
      <NativeSelect
        aria-label={t.op}
        value={test.op}
        data={ops.map((op) => ({ value: op, label: t.ops[op] }))}
        onChange={(event) => onChange({ ...test, op: event.currentTarget.value as Op, values: [] })}
      />
      <Value key={test.op} test={test} onChange={(values) => onChange({ ...test, values })} />
    </div>
  );
}

function Value({ test, onChange }: { test: TestNode; onChange: (values: string[]) => void }) {
  const { op, values } = test;
  const isDate = op === "before" || op === "after" || (op === "between" && isTime(test.field));
  const type = isDate && values.every((value) => /^(\d{4}-\d\d-\d\d)?$/.test(value)) ? "date" : "text";
  if (takesNothing(op)) return null;
  if (takesList(op)) return <List values={values} onChange={onChange} />;
  if (op === "withinLast") return <Span value={values[0] ?? ""} onChange={(value) => onChange([value])} />;
  if (test.field === "status" && (op === "eq" || op === "ne")) {
    const { active, inactive } = texts.contacts.statuses;
    return (
      <NativeSelect
        aria-label={t.value}
        value={values[0] ?? ""}
        data={[
          { value: "", label: texts.app.none },
          { value: "active", label: active },
          { value: "inactive", label: inactive },
        ]}
        onChange={(event) => onChange([event.currentTarget.value])}
      />
    );
  }
  if (op === "between") {
    const [from = "", to = ""] = values;
    return (
      <>
        <TextInput
          type={type}
          aria-label={t.from}
          placeholder={t.from}
          value={from}
          onChange={(event) => onChange([event.currentTarget.value, to])}
        />
        <TextInput
          type={type}
          aria-label={t.to}
          placeholder={t.to}
          value={to}
          onChange={(event) => onChange([from, event.currentTarget.value])}
        />
      </>
    );
  }
  return (
    <TextInput
      type={type}
      aria-label={t.value}
      placeholder={t.value}
      value={values[0] ?? ""}
      onChange={(event) => onChange([event.currentTarget.value])}
    />
  );
}

/** Keeps what was typed, because reading it back would remove a trailing comma. */
function List({ values, onChange }: { values: string[]; onChange: (values: string[]) => void }) {
  const [text, setText] = useState(() => listText(values));
  return (
    <TextInput
      aria-label={t.value}
      placeholder={t.value}
      description={t.listHint}
      inputWrapperOrder={["label", "input", "description", "error"]}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onChange(listOf(event.currentTarget.value));
      }}
    />
  );
}

function Span({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [unit, setUnit] = useState(() => UNITS.find((known) => value.endsWith(known)) ?? "d");
  const number = value.replace(/\D/g, "");
  const write = (digits: string, to: string) => onChange(digits === "" ? "" : `${digits}${to}`);
  return (
    <>
      <TextInput
        aria-label={t.amount}
        placeholder={t.amount}
        inputMode="numeric"
        value={number}
        onChange={(event) => write(event.currentTarget.value.replace(/\D/g, ""), unit)}
      />
      <NativeSelect
        aria-label={t.unit}
        value={unit}
        data={UNITS.map((known) => ({ value: known, label: t.units[known] }))}
        onChange={(event) => {
          const chosen = UNITS.find((known) => known === event.currentTarget.value) ?? "d";
          setUnit(chosen);
          write(number, chosen);
        }}
      />
    </>
  );
}
