import { Anchor, Group, Stack, Text, Title } from "@mantine/core";
import { IconChevronLeft } from "@tabler/icons-react";
import { Link, type LinkProps } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { texts } from "../texts";
import classes from "./Page.module.css";

interface Props {
  title: string;
  /** What is shown next to the title, such as a status. */
  aside?: ReactNode;
  lead?: ReactNode;
  back?: {
    to: LinkProps["to"];
    params?: Record<string, string>;
    search?: Record<string, string>;
    label: string;
  };
  actions?: ReactNode;
  /** Forms are narrower than tables. */
  narrow?: boolean;
  children: ReactNode;
}

/** A page with its title, where it belongs, and what can be done on it. */
export function Page({ title, aside, lead, back, actions, narrow, children }: Props) {
  useEffect(() => {
    document.title = `${title} – ${texts.app.name}`;
  }, [title]);
  return (
    <Stack gap="lg" maw={narrow ? 860 : undefined}>
      <Stack gap={4}>
        {back && (
          <Anchor
            size="sm"
            className={classes.back}
            renderRoot={(props) => (
              <Link to={back.to} params={back.params as never} search={back.search as never} {...props} />
            )}
          >
            <IconChevronLeft size={14} aria-hidden /> {back.label}
          </Anchor>
        )}
        <Group justify="space-between" gap="md">
          <Group gap="sm" className={classes.title}>
            <Title order={1} size="h2" className={classes.heading}>
              {title}
            </Title>
            {aside}
          </Group>
          {actions && <Group gap="xs">{actions}</Group>}
        </Group>
        {lead && (
          <Text c="dimmed" size="sm" maw={640}>
            {lead}
          </Text>
        )}
      </Stack>
      {children}
    </Stack>
  );
}
