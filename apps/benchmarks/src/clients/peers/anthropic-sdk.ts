import Anthropic from "@anthropic-ai/sdk";

import type { Peer } from "../peer.ts";
import { requestToken } from "./token-request.ts";

export const peer: Peer = {
  setUp: "`new Anthropic({ credentials })`, which keeps what a provider of ours obtains",
  createClient: (servers) => {
    const client = new Anthropic({
      baseURL: servers.origin,
      credentials: async () => {
        const { accessToken, expiresInSeconds } = await requestToken(servers);
        const expiresAt =
          expiresInSeconds === undefined ? null : Date.now() / 1000 + expiresInSeconds;
        return { token: accessToken, expiresAt };
      },
    });
    return {
      call: async () => {
        const response = await client.get(new URL(servers.apiUrl).pathname).asResponse();
        await response.arrayBuffer();
        return response.status;
      },
    };
  },
};
