/** Who works in this tab, and in which organization. */
import { createContext, useContext } from "react";
import type { Me, Role } from "../api/client";

export interface Session {
  organizationId: string;
  organizationName: string;
  /** The name of the key or person. */
  name: string;
  role: Role;
  /** Null for people. */
  keyId: string | null;
  /** The person among the organization's members; null for keys. */
  memberId: string | null;
  /** All organizations that the caller can work in. */
  organizations: Me["organizations"];
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

/** The session of a caller in the chosen organization; null if there is none to work in. */
export function sessionOf(me: Me, chosen: string | null): Session | null {
  const { organizations } = me;
  const organization = organizations.find(({ id }) => id === chosen) ?? organizations[0];
  if (organization === undefined) return null;
  const { role } = organization;
  return {
    organizationId: organization.id,
    organizationName: organization.name,
    name: me.name ?? me.email ?? "",
    role,
    keyId: me.id ?? null,
    memberId: organization.memberId ?? null,
    organizations,
    canSend: role !== "viewer",
    isAdmin: role === "admin",
  };
}
