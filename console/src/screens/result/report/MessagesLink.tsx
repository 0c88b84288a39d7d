import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { MessageFilter } from "../../../api/messages";

interface Props {
  campaignId: string;
  filter: Omit<MessageFilter, "least" | "cursor" | "kind">;
  children: ReactNode;
}

/** A number that leads to the messages behind it. */
export function MessagesLink({ campaignId, filter, children }: Props) {
  return (
    <Link to="/campaigns/$campaignId/messages" params={{ campaignId }} search={filter} className="plain">
      {children}
    </Link>
  );
}
