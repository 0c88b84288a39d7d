import { Anchor, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Report } from "../../../api/client";
import { Section } from "../../../components/Section";
import { count } from "../../../lib/format";
import { texts } from "../../../texts";
import classes from "./Failures.module.css";
import { MessagesLink } from "./MessagesLink";

const t = texts.report;

/** Why messages failed: the reasons in plain English, below each the provider's codes. */
export function Failures({ report }: { report: Report }) {
  const { campaignId, counts, reasons, codes, otherCodes } = report;
  return (
    <Section
      title={texts.campaign.failures}
      actions={
        <Anchor
          size="sm"
          renderRoot={(props) => (
            <Link
              to="/campaigns/$campaignId/messages"
              params={{ campaignId }}
              search={{ status: "failed" }}
              {...props}
            />
          )}
        >
          {texts.campaign.allFailed(count(counts.failed))}
        </Anchor>
      }
    >
      <ul className={classes.list}>
        {reasons.map(({ reason, messages }) => {
          const [why, what] = texts.failures[reason];
          const own = codes.filter((code) => code.reason === reason);
          return (
            <li key={reason} className={classes.row}>
              <Text size="sm" fw={600} className="number">
                <MessagesLink campaignId={campaignId} filter={{ status: "failed", reason }}>
                  {count(messages)}
                </MessagesLink>
              </Text>
              <div>
                <Text size="sm" fw={550}>
                  {why}
                </Text>
                {/* A code's advice is more precise. */}
                {own.every(({ advice }) => advice === null) && (
                  <Text size="sm" c="dimmed">
                    {what}
                  </Text>
                )}
              </div>
              {own.map((code) => (
                <Code key={code.code} code={code} campaignId={campaignId} />
              ))}
            </li>
          );
        })}
      </ul>
      {otherCodes > 0 && (
        <Text size="sm" c="dimmed" mt="sm">
          {t.otherCodes(otherCodes)}
        </Text>
      )}
    </Section>
  );
}

function Code({ code, campaignId }: { code: Report["codes"][number]; campaignId: string }) {
  const filter = { status: "failed", reason: code.reason, code: code.code } as const;
  return (
    <>
      <Text size="sm" c="dimmed" className="number">
        <MessagesLink campaignId={campaignId} filter={filter}>
          {count(code.messages)}
        </MessagesLink>
      </Text>
      <Text size="sm">
        <Text span inherit c="dimmed" className="number">
          {t.code(code.code)}
        </Text>{" "}
        {code.meaning ?? t.unknownCode}{" "}
        {code.advice && (
          <Text span inherit c="dimmed">
            {code.advice}
          </Text>
        )}
      </Text>
    </>
  );
}
