/** The names of the files that this tab has imported, because the API stores none. */

const KEY = "volley.imports";
const MAX_KEPT = 20;

export interface RecentImport {
  id: string;
  file: string;
}

export function recentImports(): RecentImport[] {
  return JSON.parse(sessionStorage.getItem(KEY) ?? "[]") as RecentImport[];
}

export function rememberImport(started: RecentImport): void {
  sessionStorage.setItem(KEY, JSON.stringify([started, ...recentImports()].slice(0, MAX_KEPT)));
}
