import { OAuth2Client } from "google-auth-library";

import type { Peer } from "../peer.ts";
import { requestToken } from "./token-request.ts";

export const peer: Peer = {
  setUp:
    "`OAuth2Client` with a `refreshHandler` of ours and `forceRefreshOnFailure`: it has no client-credentials grant",
  createClient: (servers) => {
    const client = new OAuth2Client({ forceRefreshOnFailure: true });
    client.refreshHandler = async () => {
      const { accessToken, expiresInSeconds } = await requestToken(servers);
      return {
        access_token: accessToken,
        // It must be a number: 0 stands for a lifetime that is not known.
        expiry_date: expiresInSeconds === undefined ? 0 : Date.now() + expiresInSeconds * 1000,
      };
    };
    return {
      call: async () => {
        const { status } = await client.request({ url: servers.apiUrl });
        return status;
      },
      getToken: () => client.getAccessToken(),
    };
  },
};
