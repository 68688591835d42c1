import { ClientBuilder } from "@commercetools/ts-client";

import type { Peer } from "../peer.ts";

export const peer: Peer = {
  setUp: "`ClientBuilder().withClientCredentialsFlow` with its own token cache",
  createClient: ({ origin, apiUrl, clientId, clientSecret }) => {
    const client = new ClientBuilder()
      .withClientCredentialsFlow({
        host: origin,
        projectKey: "partner",
        oauthUri: "/token",
        credentials: { clientId, clientSecret },
        httpClient: fetch,
      })
      .withHttpMiddleware({ host: origin, httpClient: fetch })
      .build();
    return {
      call: async () => {
        const { statusCode } = await client.execute({
          uri: new URL(apiUrl).pathname,
          method: "GET",
        });
        return statusCode ?? 0;
      },
    };
  },
};
