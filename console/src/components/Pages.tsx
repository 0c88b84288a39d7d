import { Anchor, Group } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { texts } from "../texts";

interface Props {
  cursor: string | undefined;
  next: string | null | undefined;
}

/** The way through a list; the position is in the address, so that a page can be shared. */
export function Pages({ cursor, next }: Props) {
  if (!cursor && !next) return null;
  const to = (target: string | undefined) => (search: object) => ({ ...search, cursor: target });
  return (
    <Group justify="flex-end" gap="md">
      {cursor && (
        <Anchor size="sm" renderRoot={(props) => <Link to="." search={to(undefined) as never} {...props} />}>
          {texts.app.first}
        </Anchor>
      )}
      {next && (
        <Anchor size="sm" renderRoot={(props) => <Link to="." search={to(next) as never} {...props} />}>
          {texts.app.next}
        </Anchor>
      )}
    </Group>
  );
}
