import type { AccessToken } from "simple-oauth2";
import { ClientCredentials } from "simple-oauth2";

import type { Peer } from "../peer.ts";
import { callWith } from "./plain-call.ts";

export const peer: Peer = {
  setUp: "`ClientCredentials`, its `AccessToken` kept by the caller and replaced when `expired()`",
  createClient: ({ origin, apiUrl, clientId, clientSecret }) => {
    const client = new ClientCredentials({
      client: { id: clientId, secret: clientSecret },
      auth: { tokenHost: origin, tokenPath: "/token" },
    });
    let kept: AccessToken | undefined;
    return {
      call: async () => {
        if (kept === undefined || kept.expired()) kept = await client.getToken({});
        return callWith(apiUrl, String(kept.token["access_token"]));
      },
    };
  },
};
