import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useCreateDraft } from "../lib/use-campaigns";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";

/** Starts a draft at once; its name can wait. */
export function NewCampaign({ variant = "filled" }: { variant?: "filled" | "default" }) {
  const { canSend } = useSession();
  const create = useCreateDraft();
  if (!canSend) return null;
  return (
    <Button
      variant={variant}
      data-create
      leftSection={<IconPlus size={16} aria-hidden />}
      loading={create.isPending}
      onClick={() => create.mutate({ name: texts.campaigns.untitled })}
    >
      {texts.campaigns.create}
    </Button>
  );
}
