import { OAuth2Client, OAuth2Fetch } from "@badgateway/oauth2-client";

import type { Peer } from "../peer.ts";

export const peer: Peer = {
  setUp: "`OAuth2Fetch` with `getNewToken: () => client.clientCredentials()`, as its README has it",
  createClient: ({ tokenEndpoint, apiUrl, clientId, clientSecret }) => {
    const client = new OAuth2Client({ tokenEndpoint, clientId, clientSecret });
    const wrapper = new OAuth2Fetch({ client, getNewToken: () => client.clientCredentials() });
    return {
      call: async () => {
        const response = await wrapper.fetch(apiUrl);
        await response.arrayBuffer();
        return response.status;
      },
      getToken: () => wrapper.getAccessToken(),
    };
  },
};
