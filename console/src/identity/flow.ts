/** Authorization code flow with PKCE (RFC 7636). Loaded only when someone signs in. */
import * as oauth from "oauth4webapi";
import { consoleUrl } from "../api/place";
import { keepSignedIn, readSignedIn, type SignedIn } from "../session";
import type { IdentityConfig } from "./config";
import { keepFailure, keepPending, type Pending } from "./pending";

/** What the API needs to know about a person. Many providers put it into the ID token only if asked. */
const CLAIMS = { id_token: { name: null, email: null, email_verified: null } };

/** Only a provider on this machine does without TLS; the template takes no other. */
const options = (issuer: URL) => ({ [oauth.allowInsecureRequests]: issuer.protocol === "http:" });

async function provider(config: IdentityConfig) {
  const issuer = new URL(config.issuer);
  const response = await oauth.discoveryRequest(issuer, options(issuer));
  const server = await oauth.processDiscoveryResponse(issuer, response);
  return { server, client: { client_id: config.clientId }, options: options(issuer) };
}

/** Leaves for the identity provider. */
export async function leave(config: IdentityConfig, path: string, channel: string | null): Promise<void> {
  const { server } = await provider(config);
  const pending: Pending = {
    ...config,
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier: oauth.generateRandomCodeVerifier(),
    path,
    channel,
  };
  keepPending(pending);
  const url = new URL(server.authorization_endpoint ?? "");
  const parameters = {
    response_type: "code",
    client_id: config.clientId,
    redirect_uri: consoleUrl,
    scope: "openid profile email",
    claims: JSON.stringify(CLAIMS),
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  location.assign(url);
}

function signedInBy(tokens: oauth.TokenEndpointResponse): SignedIn | null {
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  if (tokens.id_token === undefined || claims === undefined) return null;
  const refreshToken = tokens.refresh_token ?? null;
  return { idToken: tokens.id_token, refreshToken, expiresAt: claims.exp * 1000 };
}

async function exchanged(pending: Pending): Promise<SignedIn> {
  const { server, client, options } = await provider(pending);
  const parameters = oauth.validateAuthResponse(server, client, new URL(location.href), pending.state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    parameters,
    consoleUrl,
    pending.verifier,
    options,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: pending.nonce,
    requireIdToken: true,
  });
  const signedIn = signedInBy(tokens);
  if (signedIn === null) throw new Error("the identity provider gave no ID token");
  return signedIn;
}

/** Completes a sign-in on the page that the provider returned to. */
export async function complete(pending: Pending): Promise<void> {
  const signedIn = await exchanged(pending).catch((error: unknown) => {
    keepFailure(error instanceof Error ? error.message : String(error));
    return null;
  });
  // The code is of no more use, and belongs in no history.
  history.replaceState(null, "", pending.path);
  if (signedIn === null) return;
  if (pending.channel === null) {
    keepSignedIn(signedIn);
    return;
  }
  new BroadcastChannel(pending.channel).postMessage(signedIn);
  window.close();
}

/** Renews the session without a person's help, if the provider gave a refresh token. */
export async function renew(config: IdentityConfig): Promise<boolean> {
  const before = readSignedIn();
  if (before === null || before.refreshToken === null) return false;
  const { server, client, options } = await provider(config);
  const request = oauth.refreshTokenGrantRequest(server, client, oauth.None(), before.refreshToken, options);
  const tokens = await oauth.processRefreshTokenResponse(server, client, await request);
  const after = signedInBy(tokens);
  // Another sign-in may have replaced it in the meantime.
  if (after === null || readSignedIn()?.idToken !== before.idToken) return false;
  keepSignedIn({ ...after, refreshToken: after.refreshToken ?? before.refreshToken });
  return true;
}
