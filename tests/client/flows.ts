/** The five flows of a campaign, through a client that is generated from docs/openapi.json. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Campaign, ok, phone, type Tenant, tenant, until } from "./tenant.ts";

const CAMPAIGN = "/v1/organizations/{organizationId}/campaigns/{campaignId}";

async function contact({ api, organizationId }: Tenant, to: string): Promise<void> {
  const params = { path: { organizationId } };
  const body = { phone: to, firstName: "Ada" };
  await ok(api.POST("/v1/organizations/{organizationId}/contacts", { params, body }));
}

async function draft({ api, organizationId }: Tenant): Promise<Campaign> {
  const params = { path: { organizationId } };
  const body = { name: "Spring sale", body: "Our spring sale starts on Friday." };
  return ok(api.POST("/v1/organizations/{organizationId}/campaigns", { params, body }));
}

/** The parameters of a campaign's routes. */
function of({ organizationId }: Tenant, { id }: Campaign) {
  return { path: { organizationId, campaignId: id } };
}

async function messages(one: Tenant, campaign: Campaign) {
  const params = of(one, campaign);
  const page = await ok(one.api.GET(`${CAMPAIGN}/messages`, { params }));
  return page.items;
}

test("a campaign is created and sent at once", async () => {
  const one = await tenant();
  const to = phone();
  await contact(one, to);
  const created = await draft(one);
  assert.equal(created.status, "draft");
  const params = { ...of(one, created), header: { "Idempotency-Key": created.id } };
  const sent = await ok(one.api.POST(`${CAMPAIGN}/send`, { params, body: {} }));
  assert.equal(sent.status, "scheduled");
  await until("the campaign to be delivered", async () => {
    const campaign = await ok(one.api.GET(CAMPAIGN, { params: of(one, created) }));
    return campaign.counts?.delivered === 1 ? campaign : undefined;
  });
  const [message] = await messages(one, created);
  assert.deepEqual([message?.to, message?.status], [to, "delivered"]);
});

test("a campaign is scheduled, and canceled before its time", async () => {
  const one = await tenant();
  await contact(one, phone());
  const created = await draft(one);
  const params = of(one, created);
  const scheduledAt = new Date(Date.now() + 3_600_000).toISOString();
  const scheduled = await ok(one.api.POST(`${CAMPAIGN}/send`, { params, body: { scheduledAt } }));
  assert.deepEqual([scheduled.status, scheduled.scheduledAt], ["scheduled", scheduledAt]);
  const cancelled = await ok(one.api.POST(`${CAMPAIGN}/cancel`, { params }));
  assert.equal(cancelled.status, "cancelled");
  assert.deepEqual(await messages(one, created), []);
  const { error, response } = await one.api.POST(`${CAMPAIGN}/cancel`, { params });
  assert.deepEqual([response.status, error?.code], [409, "campaign_not_scheduled"]);
});

test("a scheduled campaign is sent at its time", async () => {
  const one = await tenant();
  await contact(one, phone());
  const created = await draft(one);
  const params = of(one, created);
  // Up to a minute ahead counts as now.
  const scheduledAt = new Date(Date.now() + 2_000).toISOString();
  await ok(one.api.POST(`${CAMPAIGN}/send`, { params, body: { scheduledAt } }));
  await until("the campaign to be sent", async () => {
    const campaign = await ok(one.api.GET(CAMPAIGN, { params }));
    return campaign.status === "sent" ? campaign : undefined;
  });
});

test("a test message leaves the campaign as it is", async () => {
  const one = await tenant();
  const created = await draft(one);
  const params = of(one, created);
  const to = phone();
  const { id } = await ok(one.api.POST(`${CAMPAIGN}/send-test`, { params, body: { to } }));
  const path = { ...params.path, messageId: id };
  await until("the test message to be delivered", async () => {
    const message = await ok(one.api.GET(`${CAMPAIGN}/messages/{messageId}`, { params: { path } }));
    return message.status === "delivered" ? message : undefined;
  });
  const after = await ok(one.api.GET(CAMPAIGN, { params }));
  assert.deepEqual([after.status, after.counts], ["draft", null]);
});

test("polling a campaign reads it again only once it has changed", async () => {
  const one = await tenant();
  const created = await draft(one);
  const first = await one.api.GET(CAMPAIGN, { params: of(one, created) });
  const etag = first.response.headers.get("etag");
  assert.ok(etag);
  const params = { ...of(one, created), header: { "If-None-Match": etag } };
  const same = await one.api.GET(CAMPAIGN, { params });
  assert.deepEqual([same.response.status, same.data], [304, undefined]);
  const body = { name: "Summer sale" };
  await ok(one.api.PUT(CAMPAIGN, { params: of(one, created), body }));
  const changed = await one.api.GET(CAMPAIGN, { params });
  assert.deepEqual([changed.response.status, changed.data?.name], [200, "Summer sale"]);
});
