import { Alert, Anchor, Button, Group, Progress, Stack, Text } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { importQuery } from "../../api/queries";
import { Loading } from "../../components/Loading";
import { NewCampaign } from "../../components/NewCampaign";
import { ProblemAlert } from "../../components/ProblemAlert";
import { Section } from "../../components/Section";
import { isOver } from "../../lib/import";
import { pinpointTexts as t } from "../../pinpoint-texts";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";
import { BalanceSheet } from "./BalanceSheet";
import { Elsewhere } from "./Elsewhere";

interface Props {
  lists: string[];
  endpoints: string[];
  /** Whether files with opt-outs were left to the command line. */
  hasRest: boolean;
}

/** What a move has done, from its imports, so that a link to it keeps working. */
export function Done({ lists, endpoints, hasRest }: Props) {
  const { organizationId } = useSession();
  const found = useQueries({
    queries: [...lists, ...endpoints].map((id) => importQuery(organizationId, id)),
  });
  const failed = found.find(({ isError }) => isError);
  if (failed) return <ProblemAlert error={failed.error} retry={() => void failed.refetch()} />;
  const imports = found.flatMap(({ data }) => data ?? []);
  if (imports.length < found.length) return <Loading lines={6} />;
  const moved = { lists: imports.slice(0, lists.length), endpoints: imports.slice(lists.length) };
  return (
    <>
      <Section
        title={t.balance}
        actions={
          <Button
            size="compact-sm"
            variant="subtle"
            renderRoot={(props) => <Link to="/imports/pinpoint" search={{}} {...props} />}
          >
            {t.more}
          </Button>
        }
      >
        <Stack gap="md">
          {imports.every(isOver) ? (
            <Text size="sm" fw={550} role="status">
              {t.done}
            </Text>
          ) : (
            <Progress value={100} animated aria-label={t.contactsNext} />
          )}
          {imports.some(({ status }) => status === "undone" || status === "undoing") && (
            <Alert color="orange">{t.undone}</Alert>
          )}
          <BalanceSheet moved={moved} />
          <Group gap="xs">
            <NewCampaign />
            <Button variant="default" renderRoot={(props) => <Link to="/contacts" {...props} />}>
              {texts.imports.see}
            </Button>
          </Group>
          {moved.endpoints.length > 0 && (
            <Stack gap={4}>
              <Text size="sm" c="dimmed">
                {t.undo}
              </Text>
              {moved.endpoints.map(({ id, rows }) => (
                <Anchor
                  key={id}
                  size="sm"
                  renderRoot={(props) => (
                    <Link to="/imports/$importId" params={{ importId: id }} {...props} />
                  )}
                >
                  {t.seeImport(rows)}
                </Anchor>
              ))}
            </Stack>
          )}
        </Stack>
      </Section>
      <Elsewhere found={[]} hasOptOuts={hasRest} />
    </>
  );
}
