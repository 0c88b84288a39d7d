/** An organization of its own on the local stack, and a client with its key. */
import { randomInt } from "node:crypto";
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./schema.d.ts";

export type Campaign = components["schemas"]["Campaign"];
export type Message = components["schemas"]["Message"];

export interface Tenant {
  api: Client<paths>;
  /** The path parameter of every route of the organization. */
  organizationId: string;
}

/** How long to wait for a condition: the machine may be busy. */
const PATIENCE_MS = 480_000;

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run \`make test\``);
  return value;
}

function client(key: string): Client<paths> {
  const headers = { authorization: `Bearer ${key}` };
  return createClient<paths>({ baseUrl: variable("API_URL"), headers });
}

/** A phone that no other test is likely to use; the simulator delivers texts to it. */
export function phone(): string {
  // No exchange ends in 11, and last digits from 9000 on script a fate in the simulator.
  const exchange = randomInt(22, 98) * 10 + randomInt(2, 10);
  return `+1917${exchange}${String(randomInt(9_000)).padStart(4, "0")}`;
}

/** What a request responded with; a refusal is an error. */
export async function ok<T>(
  response: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<NonNullable<T>> {
  const { data, error, response: raw } = await response;
  if (error !== undefined || data === undefined || data === null)
    throw new Error(`${raw.url}: ${raw.status} ${JSON.stringify(error)}`);
  return data;
}

export async function tenant(): Promise<Tenant> {
  const admin = client(variable("ADMIN_KEY"));
  const body = { name: "Corner Bakery", senderPhone: phone() };
  const { id: organizationId } = await ok(admin.POST("/v1/organizations", { body }));
  const params = { path: { organizationId } };
  const key = { name: "integration", role: "sender" as const };
  const { secret } = await ok(
    admin.POST("/v1/organizations/{organizationId}/api-keys", { params, body: key }),
  );
  if (!secret) throw new Error("the key has no secret");
  return { api: client(secret), organizationId };
}

/** Waits until `look` returns something. */
export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`timed out waiting for ${what}`);
}
