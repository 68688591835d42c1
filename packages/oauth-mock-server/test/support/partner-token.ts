import type { Sandbox } from "@credicorp/oauth-mock-server";

import { basic, tokenRequest } from "./requests.ts";

/** Returns a new token of the client `partner-basic`. */
export async function requestToken(sandbox: Sandbox): Promise<string> {
  const request = tokenRequest(sandbox.clients.get("partner-basic"));
  const response = await sandbox.fetch("/partner/v1/oauth/token", request);
  if (!response.ok) throw new Error(`The token request was answered with ${response.status}`);
  return ((await response.json()) as { readonly access_token: string }).access_token;
}

/** Tells what the resource server `partner-api` is told of a token. */
export async function isActive(sandbox: Sandbox, token: unknown): Promise<unknown> {
  const response = await sandbox.fetch("/partner/v1/oauth/introspect", {
    method: "POST",
    headers: { authorization: basic(sandbox.clients.get("partner-api")) },
    body: new URLSearchParams({ token: String(token) }),
  });
  return ((await response.json()) as { readonly active: unknown }).active;
}
