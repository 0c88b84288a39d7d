/**
 * Runs before the application is there: asks the API for what the first page shows, in the meantime, and
 * lets the page show its frame. It is a separate script, so it imports nothing.
 */
interface Early {
  key: string;
  /** By the request's address. Each is taken once. */
  responses: Map<string, Promise<Response>>;
}

declare global {
  interface Window {
    early?: Early;
  }
}

interface Caller {
  organizations: { id: string }[];
}

// In a function: the names of a classic script are everyone's.
(() => {
  // As Mantine stores it.
  const scheme = localStorage.getItem("mantine-color-scheme-value");
  const isSystemDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const isDark = scheme === "dark" || (scheme !== "light" && isSystemDark);
  document.documentElement.dataset.mantineColorScheme = isDark ? "dark" : "light";
  // As session.ts names them.
  const key = sessionStorage.getItem("volley.key");
  const chosen = sessionStorage.getItem("volley.organization");
  if (key === null) return;
  document.documentElement.dataset.frame = "";
  // As place.ts finds them.
  const base = new URL("./", document.baseURI);
  const root = base.pathname.replace(/\/$/, "");
  const api = new URL(root.endsWith("/console") ? "../v1/" : "./v1/", base).href;
  const responses = new Map<string, Promise<Response>>();
  const ask = (path: string) => {
    const response = fetch(api + path, { headers: { authorization: `Bearer ${key}` } });
    responses.set(api + path, response);
    return response;
  };
  window.early = { key, responses };
  const me = ask("me");
  const page = location.pathname.slice(root.length).replace(/\/$/, "");
  if (page !== "" && page !== "/campaigns") return;
  me.then(async (response) => {
    const { organizations } = (await response.clone().json()) as Caller;
    const organization = organizations.find(({ id }) => id === chosen) ?? organizations[0];
    // The first page of `campaignsQuery`.
    if (organization) ask(`organizations/${organization.id}/campaigns?limit=100&archived=false`);
    // Whoever takes the response handles a failure.
  }).catch(() => null);
})();

export {};
