import { Configuration, Credentials, CredentialsMethod, OpenFgaClient } from "@openfga/sdk";

import type { Peer } from "../peer.ts";

export const peer: Peer = {
  setUp: "one `OpenFgaClient` with `CredentialsMethod.ClientCredentials`, and `listStores`",
  createClient: ({ origin, tokenEndpoint, clientId, clientSecret }) => {
    const options = {
      apiUrl: origin,
      credentials: {
        method: CredentialsMethod.ClientCredentials as const,
        config: { apiTokenIssuer: tokenEndpoint, apiAudience: origin, clientId, clientSecret },
      },
    };
    const client = new OpenFgaClient(options);
    const credentials = Credentials.init(new Configuration(options));
    return {
      call: async () => {
        await client.listStores();
        return 200;
      },
      getToken: () => credentials.getAccessTokenHeader(),
    };
  },
};
