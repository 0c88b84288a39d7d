import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { organizationQuery } from "../api/queries";
import { phone } from "../lib/format";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";
import classes from "./PhonePreview.module.css";

/** The text as a phone shows it. */
export function PhonePreview({ body }: { body: string }) {
  const { organizationId } = useSession();
  const organization = useQuery(organizationQuery(organizationId));
  return (
    <section aria-label={texts.compose.preview} className={classes.phone}>
      <div className={classes.head}>
        <Text size="xs" c="dimmed">
          {texts.compose.from}
        </Text>
        <Text size="sm" fw={550} className="number">
          {organization.data ? phone(organization.data.senderPhone) : "\u00a0"}
        </Text>
      </div>
      <div className={classes.screen}>
        {body === "" ? (
          <Text size="sm" c="dimmed" ta="center">
            {texts.compose.emptyPreview}
          </Text>
        ) : (
          <div className={classes.bubble}>{body}</div>
        )}
      </div>
    </section>
  );
}
