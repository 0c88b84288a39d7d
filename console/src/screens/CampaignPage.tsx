import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { campaignQuery } from "../api/queries";
import { Loading } from "../components/Loading";
import { ProblemAlert } from "../components/ProblemAlert";
import { useSession } from "../shell/session-context";

const route = getRouteApi("/campaigns/$campaignId");
const Compose = lazy(() => import("./Compose"));
const Result = lazy(() => import("./Result"));

/** A draft is composed; everything else is watched. */
export function CampaignPage() {
  const { campaignId } = route.useParams();
  const { organizationId } = useSession();
  const campaign = useQuery(campaignQuery(organizationId, campaignId));
  if (campaign.isPending) return <Loading lines={8} />;
  if (campaign.data === undefined) {
    return <ProblemAlert error={campaign.error} retry={() => void campaign.refetch()} />;
  }
  return (
    <Suspense fallback={<Loading lines={8} />}>
      {campaign.data.status === "draft" ? (
        <Compose key={campaignId} campaign={campaign.data} />
      ) : (
        <Result campaign={campaign.data} />
      )}
    </Suspense>
  );
}
