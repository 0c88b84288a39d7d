import { SegmentedControl } from "@mantine/core";
import type { Role } from "../../api/client";
import { texts } from "../../texts";

export const ROLES: Role[] = ["viewer", "sender", "admin"];

/** Chooses what a key or a member may do. */
export function RoleControl({ role, onChange }: { role: Role; onChange: (role: Role) => void }) {
  return (
    <SegmentedControl
      aria-label={texts.settings.keyRole}
      value={role}
      onChange={(value) => onChange(value as Role)}
      data={ROLES.map((value) => ({ value, label: texts.app.role[value] }))}
    />
  );
}
