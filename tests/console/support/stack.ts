/** The local stack, seen from its API: organizations, keys and contacts for a test. */

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run these tests with \`make test\``);
  return value;
}

export const apiUrl = variable("API_URL");
export const consoleUrl = variable("CONSOLE_URL");

type Json = Record<string, unknown>;

async function call(key: string, method: string, path: string, body?: unknown, type = "application/json") {
  const response = await fetch(apiUrl + path, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { "content-type": type }) },
    body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text === "" ? {} : JSON.parse(text)) as Json;
}

const phones = new Set<string>();

/** A phone of the United States with these last four digits, which this process has not used yet. */
function unused(lastFour: () => string): string {
  for (;;) {
    const digits = (most: number) => Math.floor(Math.random() * most);
    const area = [201, 212, 305, 312, 415, 503, 617, 702, 808, 919][digits(10)];
    const phone = `+1${area}${220 + digits(700)}${lastFour()}`.replace(/(\d{3})11(\d{4})$/, "$112$2");
    if (phones.has(phone)) continue;
    phones.add(phone);
    return phone;
  }
}

/** A phone that no other test uses, and that the simulator delivers to. */
export function newPhone(): string {
  return unused(() => String(Math.floor(Math.random() * 9000)).padStart(4, "0"));
}

export class Organization {
  private constructor(
    readonly id: string,
    readonly name: string,
    readonly key: string,
    readonly keyId: string,
    /** The phone that it sends from. */
    readonly sender: string,
  ) {}

  static async create(settings: Json = {}): Promise<Organization> {
    const admin = variable("ADMIN_KEY");
    const name = "Corner Bakery";
    const senderPhone = newPhone();
    const made = await call(admin, "POST", "/v1/organizations", { name, senderPhone });
    const path = `/v1/organizations/${made.id}`;
    await call(admin, "PATCH", path, {
      partsPerSecond: 1000,
      prices: {
        currency: "USD",
        perPart: { US: "0.0079", GB: "0.04", FR: "0.06", DE: "0.07", CA: "0.0075" },
      },
      ...settings,
    });
    const key = await call(admin, "POST", `${path}/api-keys`, { name: "Ana", role: "admin" });
    return new Organization(String(made.id), name, String(key.secret), String(key.id), senderPhone);
  }

  /** Changes settings as the deployment does. */
  configure(settings: Json) {
    return call(variable("ADMIN_KEY"), "PATCH", `/v1/organizations/${this.id}`, settings);
  }

  path(rest: string): string {
    return `/v1/organizations/${this.id}/${rest}`;
  }

  get(rest: string) {
    return call(this.key, "GET", this.path(rest));
  }

  post(rest: string, body: unknown = {}) {
    return call(this.key, "POST", this.path(rest), body);
  }

  put(rest: string) {
    return call(this.key, "PUT", this.path(rest));
  }

  delete(rest: string) {
    return call(this.key, "DELETE", this.path(rest));
  }

  /** A person writes to the organization's sender, which lists the text once everything is done about it. */
  async hear(from: string, body: string): Promise<void> {
    const url = `${apiUrl}/webhooks/twilio/inbound`;
    const response = await fetch(`${variable("PROVIDER_URL")}/_simulator/inbound`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ url, from, to: this.sender, body }),
    });
    if (!response.ok) throw new Error(`${body} was not heard: ${response.status}`);
    await until(async () => {
      const { items } = await this.get(`inbound?phone=${encodeURIComponent(from)}`);
      return (items as { body: string }[]).some((inbound) => inbound.body === body);
    });
  }

  async newKey(role: "viewer" | "sender"): Promise<string> {
    return String((await this.post("api-keys", { name: role, role })).secret);
  }

  /** Imports contacts and waits until they are there. */
  async contacts(csv: string): Promise<string> {
    const made = await call(this.key, "POST", this.path("contacts/imports"), csv, "text/csv");
    const id = String(made.id);
    await until(async () => (await this.get(`contacts/imports/${id}`)).status === "done");
    return id;
  }

  async campaign(name: string, body: string): Promise<string> {
    return String((await this.post("campaigns", { name, body })).id);
  }

  /** Sends a campaign and waits until its receipts are in. */
  async sent(name: string, body: string): Promise<string> {
    const id = await this.campaign(name, body);
    await this.post(`campaigns/${id}/send`);
    await until(async () => {
      const { dispatch, reason, counts } = (await this.get(`campaigns/${id}`)) as {
        dispatch: string;
        reason: string | null;
        counts: Json | null;
      };
      // A machine that hangs for seconds delays several responses in a row.
      if (reason === "provider_failing") await this.post(`campaigns/${id}/resume`);
      return dispatch === "done" && counts !== null && counts.pending === 0 && counts.sent === 0;
    });
    return id;
  }
}

export async function until(done: () => Promise<boolean>, seconds = 480): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await done())) {
    if (Date.now() > deadline) throw new Error(`it did not happen within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Sets an opt-out list of the simulated AWS account. */
export async function optOutList(name: string, list: Json): Promise<void> {
  const response = await fetch(`${variable("PROVIDER_URL")}/_simulator/aws/opt-out-lists/${name}`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(list),
  });
  if (!response.ok) throw new Error(`the list was not set: ${response.status}`);
}

/** A phone that the simulator gives the fate of these last four digits. */
export function phoneOf(fate: number): string {
  return unused(() => String(fate));
}

/** A file of this number of contacts with phones that are delivered. */
export function csvOf(number: number): string {
  const rows = Array.from({ length: number }, (_, row) => `${newPhone()},Person,Number ${row}`);
  return ["phone,first name,last name", ...rows].join("\n");
}
