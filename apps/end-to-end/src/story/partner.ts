import type { OAuthClient } from "@credicorp/oauth-client";
import { createOAuthClient } from "@credicorp/oauth-client";
import { parseCompactJws } from "@credicorp/oauth-core/jwt";
import type { SandboxClient } from "@credicorp/oauth-mock-server";
import { bytes } from "@credicorp/oauth-runtime";
import type { Hub } from "../hub.ts";

/** Opens a client of the hub, as a partner's back end would; declare it with `await using`. */
export function openClient(
  hub: Hub,
  credentials: string | Pick<SandboxClient, "id" | "secret" | "scope">,
): OAuthClient {
  const { id, secret, scope } =
    typeof credentials === "string" ? hub.sandbox.clients.get(credentials) : credentials;
  return createOAuthClient({ baseUrl: hub.origin, clientId: id, clientSecret: secret, scope });
}

/** Calls the API with exactly this token, past any client; resolves to the status. */
export async function callWithToken(hub: Hub, accessToken: string): Promise<number> {
  const { status } = await fetchWithoutBody(`${hub.origin}/partner/v1/decisions/none`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  return status;
}

/** Sends a request past any client; the body of the answer is let go. */
export async function fetchWithoutBody(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  await response.body?.cancel();
  return response;
}

/** The status of `/partner/v1/decisions/none` with a good token: authorized, but there is no such decision. */
export const authorizedStatus = 404;

/** Reads the header of a token, which a client never needs to do: only to tell the story. */
export function readTokenHeader(accessToken: string): {
  readonly alg: string;
  readonly typ: string | undefined;
  readonly kid: string | undefined;
} {
  const parsed = parseCompactJws(accessToken, bytes);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const { alg, typ, kid } = parsed.value.header;
  return { alg, typ, kid };
}
