/** Who works in this tab, and in which organization. */
import { createContext, useContext } from "react";
import type { Me, Role } from "../api/client";

export interface Session {
  organizationId: string;
  organizationName: string;
  name: string;
  role: Role;
  keyId: string | null;
  /** Whether the role may change campaigns, contacts and unsubscribes. */
  canSend: boolean;
  isAdmin: boolean;
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("useSession() was called outside the shell");
  return session;
}

/** The session of a caller; null if the caller has no organization to work in. */
export function sessionOf(me: Me): Session | null {
  const [organization] = me.organizations;
  if (organization === undefined || !me.role) return null;
  return {
    organizationId: organization.id,
    organizationName: organization.name,
    name: me.name ?? "",
    role: me.role,
    keyId: me.id ?? null,
    canSend: me.role !== "viewer",
    isAdmin: me.role === "admin",
  };
}
