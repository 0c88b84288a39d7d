/**
 * An OpenID provider on this machine, for the tests that sign in. Any login and password work. The login
 * decides about the person: `ana.1` is Ana, whose address is ana.1@example.com; further words before the
 * number change what the provider does.
 */
import { readFileSync } from "node:fs";
import Provider from "oidc-provider";

const issuer = process.env.OIDC_ISSUER;
const key = JSON.parse(readFileSync(new URL("../../fixtures/identity/key.json", import.meta.url), "utf8"));

const is = (ctx, word) => ctx.oidc.account?.accountId.split(".").includes(word) ?? false;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: process.env.OIDC_CLIENT_ID,
      redirect_uris: [process.env.CONSOLE_URL],
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      id_token_signed_response_alg: "ES256",
    },
  ],
  jwks: { keys: [key] },
  cookies: { keys: ["tests"] },
  claims: { profile: ["name"], email: ["email", "email_verified"] },
  features: { claimsParameter: { enabled: true } },
  clientBasedCORS: () => true,
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => {
      const [name = ""] = id.split(".");
      return {
        sub: id,
        name: name[0]?.toUpperCase() + name.slice(1),
        email: `${id}@example.com`,
        email_verified: !id.includes("unverified"),
      };
    },
  }),
  ttl: { IdToken: 3600 },
  issueRefreshToken: (ctx) => is(ctx, "renewed"),
  // No one is asked for consent.
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope("openid profile email");
    grant.addOIDCClaims(["name", "email", "email_verified"]);
    await grant.save();
    return grant;
  },
});

provider.listen(Number(new URL(issuer).port), "127.0.0.1");
