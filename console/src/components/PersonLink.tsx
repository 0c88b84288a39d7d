import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useSession } from "../shell/session-context";

interface Props {
  /** Null once the person was erased. */
  phone: string | null;
  children: ReactNode;
  /** For others than admins, who may not see the person's page. */
  otherwise?: ReactNode;
}

/** A link to everything that is known of a person. */
export function PersonLink({ phone, children, otherwise = null }: Props) {
  const { isAdmin } = useSession();
  if (!isAdmin || phone === null) return otherwise;
  return (
    <Anchor inherit renderRoot={(props) => <Link to="/people/$phone" params={{ phone }} {...props} />}>
      {children}
    </Anchor>
  );
}
