/** The typed client of the API. Every request carries the tab's key or token. */
import createClient, { type FetchResponse } from "openapi-fetch";
import { expire, readKey, signedIn } from "../session";
import { apiUrl } from "./place";
import { RequestFailed } from "./problem";
import type { components, paths } from "./schema";

type Schemas = components["schemas"];
export type ApiKey = Schemas["ApiKey"];
export type Campaign = Schemas["Campaign"];
export type Contact = Schemas["Contact"];
export type ContactStatus = Schemas["ContactStatus"];
export type ErrorReason = Schemas["ErrorReason"];
export type Delivery = Schemas["Delivery"];
export type EventType = Schemas["EventType"];
export type Explanation = Schemas["Explanation"];
export type Export = Schemas["Export"];
export type Filter = Schemas["Filter"];
export type Import = Schemas["Import"];
export type Inbound = Schemas["Inbound"];
export type Me = Schemas["Me"];
export type Member = Schemas["Member"];
export type Message = Schemas["Message"];
export type MessageStatus = Schemas["MessageStatus"];
export type Organization = Schemas["Organization"];
export type OrganizationReport = Schemas["OrganizationReport"];
export type Person = Schemas["Person"];
export type Quote = Schemas["Quote"];
export type Reconciliation = Schemas["Reconciliation"];
export type Report = Schemas["Report"];
export type Role = Schemas["Role"];
export type Segment = Schemas["Segment"];
export type SkipReason = Schemas["SkipReason"];
export type SkippedContact = Schemas["SkippedContact"];
export type Template = Schemas["Template"];
export type TimelineStep = Schemas["Step"];
export type RenderedText = Schemas["Text"];
export type Unsubscribe = Schemas["Unsubscribe"];
export type Webhook = Schemas["Webhook"];

/** The response to a request that was sent while the application was still being loaded. */
function takeEarly({ method, url }: Request, key: string | null): Promise<Response> | undefined {
  const { early } = window;
  if (early === undefined || early.key !== key || method !== "GET") return undefined;
  const response = early.responses.get(url);
  early.responses.delete(url);
  return response;
}

/** Sends a request with the tab's key or token, unless it carries one that is being tried. */
async function send(request: Request): Promise<Response> {
  if (request.headers.has("authorization")) return fetch(request);
  for (;;) {
    const key = readKey();
    const attempt = request.clone();
    if (key !== null) attempt.headers.set("authorization", `Bearer ${key}`);
    const response = await (takeEarly(attempt, key) ?? fetch(attempt));
    if (response.status !== 401) return response;
    // It was deleted or has expired. Another one may have taken its place in the meantime.
    if (key !== null && key === readKey()) expire();
    // What was being read is read once someone has signed in. A change is theirs to repeat.
    if (request.method !== "GET") return response;
    await signedIn();
  }
}

export const api = createClient<paths>({ baseUrl: apiUrl, fetch: send });

type Answer<T extends Record<string | number, unknown>, O, M extends `${string}/${string}`> = Promise<
  FetchResponse<T, O, M>
>;

/** The body of a successful response; anything else is thrown as `RequestFailed`. */
export async function body<T extends Record<string | number, unknown>, O, M extends `${string}/${string}`>(
  request: Answer<T, O, M>,
): Promise<NonNullable<FetchResponse<T, O, M>["data"]>> {
  const { data, error, response } = await request.catch(() => {
    throw new RequestFailed(null, null);
  });
  if (!response.ok) throw new RequestFailed(response, error);
  return data as NonNullable<FetchResponse<T, O, M>["data"]>;
}

/** Repeating a POST with the same key returns the first response instead of acting again. */
export function once(): { "Idempotency-Key": string } {
  return { "Idempotency-Key": crypto.randomUUID() };
}
