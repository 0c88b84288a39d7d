/** The typed client of the API. Every request carries the tab's key. */
import createClient, { type FetchResponse, type Middleware } from "openapi-fetch";
import { expire, readKey } from "../session";
import { apiUrl } from "./place";
import { RequestFailed } from "./problem";
import type { components, paths } from "./schema";

type Schemas = components["schemas"];
export type ApiKey = Schemas["ApiKey"];
export type Campaign = Schemas["Campaign"];
export type Contact = Schemas["Contact"];
export type Import = Schemas["Import"];
export type Me = Schemas["Me"];
export type Message = Schemas["Message"];
export type MessageStatus = Schemas["MessageStatus"];
export type Organization = Schemas["Organization"];
export type Quote = Schemas["Quote"];
export type Role = Schemas["Role"];
export type Unsubscribe = Schemas["Unsubscribe"];

const withKey: Middleware = {
  onRequest({ request }) {
    const key = readKey();
    if (key !== null) request.headers.set("authorization", `Bearer ${key}`);
    return request;
  },
  onResponse({ request, response }) {
    // A key that was deleted or has expired. Another key may have been entered in the meantime.
    const isCurrent = request.headers.get("authorization") === `Bearer ${readKey()}`;
    if (response.status === 401 && isCurrent) expire();
  },
};

export const api = createClient<paths>({ baseUrl: apiUrl });
api.use(withKey);

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
