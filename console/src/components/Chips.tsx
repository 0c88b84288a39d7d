import classes from "./Chips.module.css";

interface Props<T extends string> {
  label: string;
  value: T;
  choices: { value: T; label: string; count?: string }[];
  onChange: (value: T) => void;
}

/** One-click filters. */
export function Chips<T extends string>({ label, value, choices, onChange }: Props<T>) {
  return (
    <fieldset className={classes.chips}>
      <legend className="unseen">{label}</legend>
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          className={classes.chip}
          aria-pressed={choice.value === value}
          onClick={() => onChange(choice.value)}
        >
          {choice.label}
          {choice.count !== undefined && <span className={classes.count}>{choice.count}</span>}
        </button>
      ))}
    </fieldset>
  );
}
