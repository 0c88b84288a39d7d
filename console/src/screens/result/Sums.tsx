import { Text } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { type Balance, ENDS } from "../../lib/campaign";
import { count } from "../../lib/format";
import { texts } from "../../texts";
import classes from "./Sums.module.css";

/** Both equations of the balance sheet, written out. */
export function Sums({ balance }: { balance: Balance }) {
  const { contacts, recipients, skipped, ends } = balance;
  const out = Object.values(skipped).reduce((sum, number) => sum + number, 0);
  const parts = ENDS.filter((end) => ends[end] > 0).map((end) =>
    texts.campaign.sumOf(ends[end], texts.endShort[end]),
  );
  const equations = [
    texts.campaign.contactsSum(count(contacts), count(recipients), count(out)),
    `${texts.campaign.recipientsCount(recipients)} = ${parts.join(" + ") || count(0)}`,
  ];
  return (
    <div className={classes.sums}>
      {balance.isWhole && <IconCheck size={16} className={classes.check} aria-hidden />}
      <div>
        {equations.map((equation) => (
          <Text key={equation} size="xs" c="dimmed" className="number">
            {equation}
          </Text>
        ))}
      </div>
    </div>
  );
}
