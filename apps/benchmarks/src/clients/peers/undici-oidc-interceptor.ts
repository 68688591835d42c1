import { Agent, request } from "undici";
import { createOidcInterceptor } from "undici-oidc-interceptor";

import type { Peer } from "../peer.ts";

export const peer: Peer = {
  setUp: "`createOidcInterceptor` with `retryOnStatusCodes: [401]`, as its README has it",
  createClient: ({ tokenEndpoint, apiUrl, clientId, clientSecret }) => {
    const dispatcher = new Agent().compose(
      createOidcInterceptor({
        idpTokenUrl: tokenEndpoint,
        clientId,
        clientSecret,
        retryOnStatusCodes: [401],
        urls: [new URL(apiUrl).origin],
      }),
    );
    return {
      call: async () => {
        const { statusCode, body } = await request(apiUrl, { dispatcher });
        await body.text();
        return statusCode;
      },
    };
  },
};
