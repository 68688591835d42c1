import type { INetworkModule } from "@azure/msal-node";
import { ConfidentialClientApplication } from "@azure/msal-node";

import type { Peer } from "../peer.ts";
import { callWith } from "./plain-call.ts";

const authority = "https://authority.example";

export const peer: Peer = {
  setUp:
    "`ConfidentialClientApplication`, asked by `acquireTokenByClientCredential` before each call; a network module of ours, as it takes no http",
  createClient: ({ tokenEndpoint, apiUrl, clientId, clientSecret }) => {
    const application = new ConfidentialClientApplication({
      auth: {
        clientId,
        clientSecret,
        authority: `${authority}/tenant`,
        knownAuthorities: [new URL(authority).host],
        authorityMetadata: JSON.stringify({
          issuer: `${authority}/tenant`,
          authorization_endpoint: `${authority}/authorize`,
          token_endpoint: `${authority}/token`,
          jwks_uri: `${authority}/keys`,
        }),
      },
      system: { networkClient: createNetworkModule(tokenEndpoint) },
    });
    const getToken = async (): Promise<string> => {
      const result = await application.acquireTokenByClientCredential({
        scopes: ["decisions/.default"],
      });
      return result?.accessToken ?? "";
    };
    return { call: async () => callWith(apiUrl, await getToken()), getToken };
  },
};

/** Sends to the token endpoint on loopback what is meant for the authority. */
function createNetworkModule(tokenEndpoint: string): INetworkModule {
  return {
    sendGetRequestAsync: () => Promise.reject(new Error("Nothing is fetched by GET")),
    sendPostRequestAsync: async (_url, { headers = {}, body = "" } = {}) => {
      const response = await fetch(tokenEndpoint, { method: "POST", headers, body });
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        // It is whatever the caller says that it is.
        body: (await response.json()) as never,
      };
    },
  };
}
