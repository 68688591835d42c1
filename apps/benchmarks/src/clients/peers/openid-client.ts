import { allowInsecureRequests, clientCredentialsGrant, discovery } from "openid-client";

import type { Peer } from "../peer.ts";
import { callWith } from "./plain-call.ts";

export const peer: Peer = {
  setUp: "`clientCredentialsGrant` for each call: it has no cache by design",
  createClient: async ({ origin, apiUrl, clientId, clientSecret }) => {
    const configuration = await discovery(new URL(origin), clientId, clientSecret, undefined, {
      algorithm: "oauth2",
      execute: [allowInsecureRequests],
    });
    return {
      call: async () => {
        const { access_token: accessToken } = await clientCredentialsGrant(configuration);
        return callWith(apiUrl, accessToken);
      },
    };
  },
};
