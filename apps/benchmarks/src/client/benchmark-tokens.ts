import type { OAuthClient } from "@credicorp/oauth-client";
import { createOAuthClient } from "@credicorp/oauth-client";

/** Makes a client that holds a fresh token, and asks no authorization server for it. */
export async function createHoldingClient(baseUrl: string): Promise<OAuthClient> {
  const answer = { access_token: "x".repeat(900), token_type: "Bearer", expires_in: 3600 };
  const body = new TextEncoder().encode(JSON.stringify(answer));
  const client = createOAuthClient({
    baseUrl,
    clientId: "partner",
    clientSecret: "0123456789abcdef0123456789abcdef",
    metadata: { issuer: baseUrl, tokenEndpoint: `${baseUrl}/token` },
    transport: async () => ({ ok: true, value: { status: 200, headers: [], body } }),
  });
  await client.getToken();
  return client;
}
