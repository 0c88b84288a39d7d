import { Link } from "@tanstack/react-router";
import { texts } from "../texts";
import classes from "./Steps.module.css";

/** Where a draft is on its way to being sent. */
export function Steps({ campaignId }: { campaignId: string }) {
  const steps = [
    { name: "text", to: "/campaigns/$campaignId", label: texts.compose.text },
    { name: "check", to: "/campaigns/$campaignId/check", label: texts.compose.check },
  ] as const;
  return (
    <nav aria-label={texts.compose.steps}>
      <ol className={classes.steps}>
        {steps.map(({ name, to, label }, place) => (
          <li key={name} className={classes.step}>
            <Link to={to} params={{ campaignId }} activeOptions={{ exact: true }} className={classes.link}>
              <span className={classes.number}>{place + 1}</span>
              {label}
            </Link>
          </li>
        ))}
      </ol>
    </nav>
  );
}
