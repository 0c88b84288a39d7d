import "./mantine.css";
import "./global.css";
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { asFailure } from "./api/problem";
import { campaignsQuery, meQuery } from "./api/queries";
import { takePending } from "./identity/pending";
import { FreshQueryClient } from "./lib/query-client";
import { router } from "./router";
import { chosenOrganization } from "./session";
import { sessionOf } from "./shell/session-context";
import { theme, variables } from "./theme";

const MAX_RETRIES = 3;

const queries = new FreshQueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < MAX_RETRIES && asFailure(error).isTemporary,
      retryDelay: (attempt, error) => asFailure(error).retryAfter ?? 500 * 2 ** attempt,
      refetchOnWindowFocus: true,
    },
  },
});

/** How long a page may wait, in milliseconds, for what early.ts asked for. */
const MAX_WAIT_MS = 250;

/** Takes what was asked for early, so that the page is drawn once instead of three times. */
async function takeEarly(): Promise<void> {
  if (window.early === undefined) return;
  const me = await queries.fetchQuery(meQuery(window.early.key));
  const session = sessionOf(me, chosenOrganization());
  if (session === null || window.early.responses.size === 0) return;
  await queries.prefetchInfiniteQuery(campaignsQuery(session.organizationId));
}

const wait = () => new Promise((resolve) => setTimeout(resolve, MAX_WAIT_MS));

async function start(): Promise<void> {
  await Promise.race([Promise.allSettled([takeEarly(), router.load()]), wait()]);
  render();
}

function render(): void {
  const root = document.getElementById("root");
  if (root === null) return;
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}

// The router must not see the address that the identity provider returned to.
const pending = takePending();
if (pending === null) void start();
else void import("./identity/flow").then(({ complete }) => complete(pending)).finally(render);
