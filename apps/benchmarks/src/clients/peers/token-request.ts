import type { PeerServers } from "../peer.ts";

/** What a token endpoint answers. */
export interface PlainToken {
  readonly accessToken: string;
  readonly expiresInSeconds: number | undefined;
}

/** Asks for a token, for libraries that keep tokens and leave the asking to their user. */
export async function requestToken({
  tokenEndpoint,
  clientId,
  clientSecret,
}: PeerServers): Promise<PlainToken> {
  const response = await fetch(tokenEndpoint, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: clientSecret,
    }),
  });
  if (!response.ok) throw new Error(`The token endpoint answered with ${response.status}`);
  const body = (await response.json()) as {
    readonly access_token: string;
    readonly expires_in?: number;
  };
  return { accessToken: body.access_token, expiresInSeconds: body.expires_in };
}
