import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { campaignQuery } from "../api/queries";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";

/** A link to a campaign by its name. */
export function CampaignName({ campaignId }: { campaignId: string }) {
  const { organizationId } = useSession();
  const campaign = useQuery({ ...campaignQuery(organizationId, campaignId), refetchInterval: false });
  return (
    <Anchor
      inherit
      renderRoot={(props) => <Link to="/campaigns/$campaignId" params={{ campaignId }} {...props} />}
    >
      {campaign.data?.name ?? texts.unsubscribes.campaign}
    </Anchor>
  );
}
