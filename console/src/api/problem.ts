/** Why the API refused a request (RFC 9457), or why there was no response. */
import { texts } from "../texts";
import type { components } from "./schema";

type Problem = components["schemas"]["Problem"];

export class RequestFailed extends Error {
  readonly status: number;
  readonly code: string;
  /** What is wrong with each field of the body, by the field's name. */
  readonly fields: Record<string, string>;
  /** When the server asks to be called again, in milliseconds. */
  readonly retryAfter: number | null;

  constructor(response: Response | null, body: unknown) {
    const problem = isProblem(body) ? body : null;
    super(problem?.detail ?? fallback(response));
    this.name = "RequestFailed";
    this.status = response?.status ?? 0;
    this.code = problem?.code ?? "no_response";
    this.fields = fieldsOf(problem);
    const seconds = Number(response?.headers.get("retry-after") ?? Number.NaN);
    this.retryAfter = Number.isFinite(seconds) ? seconds * 1000 : null;
  }

  /** Whether the same request may succeed a little later. */
  get isTemporary(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "detail" in body && "code" in body;
}

function fallback(response: Response | null): string {
  if (response === null) return texts.problems.noResponse;
  if (response.status === 429) return texts.problems.tooMany;
  return texts.problems.unexpected(response.status);
}

function fieldsOf(problem: Problem | null): Record<string, string> {
  const entries = (problem?.errors ?? []).map(({ pointer, detail }) => [pointer.replace(/^\//, ""), detail]);
  return Object.fromEntries(entries);
}

export function asFailure(error: unknown): RequestFailed {
  return error instanceof RequestFailed ? error : new RequestFailed(null, null);
}
