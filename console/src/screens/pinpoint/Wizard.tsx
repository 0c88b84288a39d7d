import { Alert, Button, FileButton, Group, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { RequestFailed } from "../../api/problem";
import { ProblemAlert, sentence } from "../../components/ProblemAlert";
import { Section } from "../../components/Section";
import { balanceOf, type Moved } from "../../lib/pinpoint/balance";
import { canMove, type Found, isElsewhere, mayHaveOptOuts, recognize } from "../../lib/pinpoint/recognize";
import { useMove } from "../../lib/pinpoint/use-move";
import { pinpointTexts as t } from "../../pinpoint-texts";
import { BalanceSheet } from "./BalanceSheet";
import { ACCEPTED, Drop } from "./Drop";
import { Elsewhere } from "./Elsewhere";
import { Files } from "./Files";
import { Working } from "./Working";

/** The files, what would move, and the button that moves it. */
export function Wizard() {
  const navigate = useNavigate();
  const [found, setFound] = useState<Found[]>([]);
  const { trial, move, doing } = useMove(found);
  const choose = useMutation({
    mutationFn: (files: File[]) => Promise.all(files.map(recognize)),
    onSuccess: (more) => {
      setFound((before) => [...before, ...more]);
      trial.reset();
      move.reset();
    },
  });
  const startOver = () => {
    setFound([]);
    trial.reset();
    move.reset();
  };
  const start = () =>
    move.mutate(undefined, {
      onSuccess: (moved) => void navigate({ to: "/imports/pinpoint", search: searchOf(moved, hasRest) }),
    });
  const here = found.filter((each) => !isElsewhere(each));
  const hasRest = found.some(mayHaveOptOuts);
  const isWorking = trial.isPending || move.isPending;
  const error = move.error ?? trial.error ?? choose.error;
  return (
    <>
      {found.length === 0 && <Drop onFiles={choose.mutate} isReading={choose.isPending} />}
      {found.length > 0 && (
        <Section
          title={t.files}
          actions={
            <Group gap="xs">
              <FileButton multiple accept={ACCEPTED} onChange={(files) => choose.mutate(files)}>
                {(props) => (
                  <Button {...props} size="compact-sm" variant="subtle" disabled={isWorking}>
                    {t.add}
                  </Button>
                )}
              </FileButton>
              <Button size="compact-sm" variant="subtle" disabled={isWorking} onClick={startOver}>
                {t.other}
              </Button>
            </Group>
          }
        >
          <Stack gap="md">
            {here.length > 0 && <Files found={here} />}
            {!found.some(canMove) && <Text size="sm">{t.nothing}</Text>}
            {found.some(canMove) && !trial.data && (
              <Group>
                <Button loading={trial.isPending} onClick={() => trial.mutate()}>
                  {t.check}
                </Button>
              </Group>
            )}
            {trial.isPending && <Working doing={doing} title={t.checking} />}
          </Stack>
        </Section>
      )}
      {error && <Failed error={error} />}
      {trial.data && (
        <Section title={t.balance}>
          <Stack gap="md">
            <Text size="sm" fw={550} role="status">
              {t.tried}
            </Text>
            <BalanceSheet moved={trial.data} />
            {move.isPending && <Working doing={doing} title={t.keepOpen} />}
            <Group>
              <Button loading={move.isPending} onClick={start}>
                {labelOf(trial.data)}
              </Button>
            </Group>
          </Stack>
        </Section>
      )}
      <Elsewhere found={found.filter(isElsewhere)} hasOptOuts={hasRest} />
    </>
  );
}

/** Says to how many something happens. What was moved before changes nothing. */
function labelOf(moved: Moved): string {
  const { parts, optOuts } = balanceOf(moved);
  if (parts.made > 0) return t.move(parts.made);
  const number = optOuts.endpoints + optOuts.lists;
  return number > 0 && parts.merged === 0 ? t.moveOptOuts(number) : t.moveAgain;
}

function searchOf({ lists, endpoints }: Moved, hasRest: boolean) {
  const ids = (imports: Moved["lists"]) => imports.map(({ id }) => id).join(",") || undefined;
  return { lists: ids(lists), endpoints: ids(endpoints), rest: hasRest || undefined };
}

/** Why the API refused it, or what is wrong with a file. */
function Failed({ error }: { error: Error }) {
  if (error instanceof RequestFailed) return <ProblemAlert error={error} />;
  return (
    <Alert color="red" role="alert">
      {sentence(error.message)}
    </Alert>
  );
}
