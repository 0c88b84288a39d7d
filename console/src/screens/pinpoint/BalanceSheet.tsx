import { Anchor, Text } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { CSSProperties } from "react";
import { count } from "../../lib/format";
import { type Balance, balanceOf, type Moved, PARTS, type Part } from "../../lib/pinpoint/balance";
import { pinpointTexts as t } from "../../pinpoint-texts";
import { Warnings } from "../imports/Warnings";
import classes from "./BalanceSheet.module.css";

/** How many reasons say enough; the rejected rows have the rest. */
const MAX_REASONS = 4;

/** Everything that was read, as a sum that adds up, and the opt-outs. */
export function BalanceSheet({ moved }: { moved: Moved }) {
  const balance = balanceOf(moved);
  const { read, parts, holds, isExact } = balance;
  const shown = PARTS.filter((part) => part === "made" || parts[part] > 0);
  const equation = t.sum(
    read,
    shown.map((part) => t.inSum[part](parts[part])),
  );
  return (
    <div className={classes.sheet}>
      {moved.endpoints.length > 0 && (
        <>
          <dl className={classes.lines}>
            <Line name="read" label={t.read} number={read} share={0} />
            {shown.map((part, place) => (
              <Line
                key={part}
                name={part}
                sign={place === 0 ? "=" : "+"}
                label={t.parts[part]}
                note={t.partNotes[part]}
                number={parts[part]}
                share={read === 0 ? 0 : parts[part] / read}
              />
            ))}
          </dl>
          {parts.rejected > 0 && <Rejected balance={balance} moved={moved} />}
          <div className={classes.sum}>
            {holds && <IconCheck size={16} className={classes.check} aria-hidden />}
            <Text size="xs" c={holds ? "dimmed" : "var(--mantine-color-error)"} className="number">
              {holds ? equation : t.doesNotHold}
            </Text>
          </div>
          {!isExact && (
            <Text size="sm" c="dimmed">
              {t.inexact}
            </Text>
          )}
        </>
      )}
      <OptOuts balance={balance} />
      {moved.endpoints.map((found) => (
        <Warnings key={found.id} found={found} />
      ))}
    </div>
  );
}

interface LineProps {
  name: Part | "read" | "optOuts";
  sign?: string;
  label: string;
  note?: string;
  number: number;
  share: number;
}

function Line({ name, sign, label, note, number, share }: LineProps) {
  return (
    <div className={classes.line} data-part={name} style={{ "--share": share } as CSSProperties}>
      <dt>
        <span className={classes.sign} aria-hidden>
          {sign}
        </span>
        <span>
          {label}
          {note && <span className={classes.note}>{note}</span>}
        </span>
      </dt>
      <dd className="number">{count(number)}</dd>
    </div>
  );
}

/** Why rows were rejected, and where all of them are. */
function Rejected({ balance, moved }: { balance: Balance; moved: Moved }) {
  const withRejected = moved.endpoints.filter(({ rejected }) => rejected > 0);
  return (
    <div className={classes.reasons}>
      {!balance.areAllReasons && <p>{t.firstReasons}</p>}
      <ul>
        {balance.reasons.slice(0, MAX_REASONS).map(({ column, reason, number }) => (
          <li key={`${column} ${reason}`}>
            <span>{t.reason(column, reason)}</span>
            <span className="number">{count(number)}</span>
          </li>
        ))}
      </ul>
      {withRejected.map(({ id }) => (
        <Anchor
          key={id}
          size="sm"
          renderRoot={(props) => <Link to="/imports/$importId" params={{ importId: id }} {...props} />}
        >
          {t.seeRejected}
        </Anchor>
      ))}
    </div>
  );
}

function OptOuts({ balance }: { balance: Balance }) {
  const { endpoints, lists, overridden, refused } = balance.optOuts;
  return (
    <>
      <dl className={classes.lines}>
        <Line
          name="optOuts"
          label={t.optOuts}
          note={lists > 0 ? t.optOutsSum(endpoints, lists) : t.optOutsNote}
          number={endpoints + lists}
          share={0}
        />
      </dl>
      {overridden > 0 && (
        <Text size="sm" c="dimmed">
          {t.overridden(overridden)}
        </Text>
      )}
      {refused > 0 && <Text size="sm">{t.refusedOptOuts(refused)}</Text>}
    </>
  );
}
