import { Alert, NativeSelect, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, body, type Member, type Role } from "../../api/client";
import { membersQuery, meQuery } from "../../api/queries";
import { Confirm } from "../../components/Confirm";
import { type Column, Grid } from "../../components/Grid";
import { Loading } from "../../components/Loading";
import { ProblemAlert } from "../../components/ProblemAlert";
import { Section } from "../../components/Section";
import { Time } from "../../components/Time";
import { identityQuery } from "../../identity/config";
import { readKey } from "../../session";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";
import { InviteMember } from "./InviteMember";
import { ROLES } from "./RoleControl";

const t = texts.settings;
const nameOf = ({ name, email }: Member) => name ?? email;

/** Who signs in with the identity provider, and what they may do. */
export function Members() {
  const { organizationId } = useSession();
  const members = useQuery(membersQuery(organizationId));
  const identity = useQuery(identityQuery);
  const rows = members.data?.items ?? [];
  return (
    <Section title={t.members} actions={<InviteMember />}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {t.membersLead}
        </Text>
        {identity.data === null && <Alert color="orange">{t.noIdentity}</Alert>}
        {members.isPending && <Loading lines={3} />}
        {members.isError && <ProblemAlert error={members.error} retry={() => void members.refetch()} />}
        {members.isSuccess && rows.length === 0 && <Text size="sm">{t.noMembers}</Text>}
        {rows.length > 0 && <Grid label={t.members} columns={COLUMNS} rows={rows} rowKey={({ id }) => id} />}
      </Stack>
    </Section>
  );
}

/** Reads the members again after a change, and oneself, who may have been changed. */
function useChanged() {
  const { organizationId } = useSession();
  const queries = useQueryClient();
  return () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: membersQuery(organizationId).queryKey }),
      queries.invalidateQueries({ queryKey: meQuery(readKey()).queryKey }),
    ]);
}

function ChangeRole({ member }: { member: Member }) {
  const { organizationId } = useSession();
  const changed = useChanged();
  const change = useMutation({
    mutationFn: (role: Role) =>
      body(
        api.PATCH("/v1/organizations/{organizationId}/members/{memberId}", {
          params: { path: { organizationId, memberId: member.id } },
          body: { role },
        }),
      ),
    onSuccess: changed,
  });
  return (
    <NativeSelect
      size="xs"
      w={110}
      aria-label={t.roleOfMember(nameOf(member))}
      value={change.isPending ? change.variables : member.role}
      disabled={change.isPending}
      onChange={(event) => change.mutate(event.currentTarget.value as Role)}
      error={change.error?.message}
      data={ROLES.map((value) => ({ value, label: texts.app.role[value] }))}
    />
  );
}

function Remove({ member }: { member: Member }) {
  const { organizationId } = useSession();
  const changed = useChanged();
  const hasJoined = member.status === "joined";
  const remove = async () => {
    const path = { organizationId, memberId: member.id };
    await body(api.DELETE("/v1/organizations/{organizationId}/members/{memberId}", { params: { path } }));
    await changed();
  };
  return (
    <Confirm
      label={t.removeMember}
      title={t.removeMemberTitle(nameOf(member))}
      lead={hasJoined ? t.removeMemberLead : t.withdrawLead}
      confirm={hasJoined ? t.removeMemberDo : t.withdrawDo}
      isDangerous
      action={remove}
      button={{ size: "compact-xs" }}
    />
  );
}

function Person({ member }: { member: Member }) {
  const { memberId } = useSession();
  const second = [member.name === null ? null : member.email, member.id === memberId ? t.you : null];
  const shown = second.filter((part) => part !== null).join(" · ");
  return (
    <div>
      <Text size="sm">{nameOf(member)}</Text>
      {shown !== "" && (
        <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {shown}
        </Text>
      )}
    </div>
  );
}

const COLUMNS: Column<Member>[] = [
  { key: "person", title: t.person, wraps: true, cell: (member) => <Person member={member} /> },
  { key: "role", title: t.keyRole, cell: (member) => <ChangeRole member={member} /> },
  { key: "status", title: t.status, cell: ({ status }) => t.memberStatus[status] },
  {
    key: "since",
    title: t.since,
    isMinor: true,
    cell: ({ joinedAt, createdAt }) => <Time at={joinedAt ?? createdAt} />,
  },
  { key: "actions", title: texts.app.actions, isNumber: true, cell: (member) => <Remove member={member} /> },
];
