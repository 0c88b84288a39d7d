import { Anchor, Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Inbound } from "../../api/client";
import { CampaignName } from "../../components/CampaignName";
import { Time } from "../../components/Time";
import { phone } from "../../lib/format";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";
import { Dismiss, Suppress } from "./Decide";
import classes from "./Row.module.css";
import { State } from "./State";

/** One text in the list: who, what, in reply to which campaign, and the decision if it needs one. */
export function Row({ inbound }: { inbound: Inbound }) {
  const { id: inboundId, from, body, receivedAt, campaignId, flagged } = inbound;
  const { canSend } = useSession();
  return (
    <li className={classes.row}>
      <div className={classes.head}>
        <Anchor
          size="sm"
          fw={550}
          className="number"
          renderRoot={(props) => <Link to="/replies/$inboundId" params={{ inboundId }} {...props} />}
        >
          {phone(from)}
        </Anchor>
        <Text size="xs" c="dimmed">
          <Time at={receivedAt} />
        </Text>
      </div>
      <div className={classes.main}>
        <div className={classes.body}>{body}</div>
        {campaignId !== null && (
          <Text size="xs" c="dimmed" mt={4} component="div">
            {texts.replies.inReplyTo} <CampaignName campaignId={campaignId} />
          </Text>
        )}
      </div>
      <div className={classes.side}>
        <State inbound={inbound} />
        {flagged && canSend && (
          <Group gap={6} mt={6} className={classes.actions}>
            <Suppress inbound={inbound} button={{ size: "compact-xs" }} />
            <Dismiss inbound={inbound} button={{ size: "compact-xs" }} />
          </Group>
        )}
      </div>
    </li>
  );
}
