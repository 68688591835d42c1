/**
 * The token endpoint of oidc-provider: client credentials, JWT access tokens, ES256, in memory.
 *
 * Runs in a process of its own, and tells its parent the URL of the endpoint.
 *
 * @module
 */

import { generateKeyPair } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { Provider } from "oidc-provider";
import { benchmarkClient } from "./benchmark-client.ts";

const { id, secret, scope } = benchmarkClient;
const { privateKey } = await promisify(generateKeyPair)("ec", { namedCurve: "P-256" });
const resource = "urn:benchmark:api";

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const provider = new Provider(origin, {
    clients: [
      {
        client_id: id,
        client_secret: secret,
        grant_types: ["client_credentials"],
        redirect_uris: [],
        response_types: [],
        id_token_signed_response_alg: "ES256",
        token_endpoint_auth_method: "client_secret_post",
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), alg: "ES256", use: "sig" }] },
    scopes: scope.split(" "),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope,
          audience: resource,
          accessTokenTTL: 900,
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: "ES256" } },
        }),
      },
    },
  });
  const answer = provider.callback();
  server.on("request", (request, response) => void answer(request, response));
  process.send?.({ tokenEndpoint: `${origin}/token` });
});
process.once("disconnect", () => process.exit());
