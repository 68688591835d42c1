import { createOAuthClient } from "@credicorp/oauth-client";

import type { Peer } from "../peer.ts";

export const peer: Peer = {
  setUp:
    "`createOAuthClient({ baseUrl, clientId, clientSecret })` and `client.fetch`; no other option",
  createClient: ({ origin, apiUrl, clientId, clientSecret }) => {
    const client = createOAuthClient({ baseUrl: origin, clientId, clientSecret });
    const events: string[] = [];
    for (const type of ["lifetime_guessed", "degraded"] as const) {
      client.on(type, () => events.push(type));
    }
    return {
      call: async () => {
        const response = await client.fetch(apiUrl);
        await response.arrayBuffer();
        return response.status;
      },
      getToken: client.getToken,
      events: () => events,
    };
  },
};
