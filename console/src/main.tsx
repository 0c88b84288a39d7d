import "@mantine/core/styles.layer.css";
import "./global.css";
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { asFailure } from "./api/problem";
import { takePending } from "./identity/pending";
import { FreshQueryClient } from "./lib/query-client";
import { router } from "./router";
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
if (pending === null) render();
else void import("./identity/flow").then(({ complete }) => complete(pending)).finally(render);
