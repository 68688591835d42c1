import { expect, it } from "vitest";

import type { OAuthClientOptions } from "@credicorp/oauth-client";
import { createOAuthClient } from "@credicorp/oauth-client";
import type { MutualTlsOptions } from "@credicorp/oauth-client/mutual-tls";
import { mutualTls } from "@credicorp/oauth-client/mutual-tls";
import { privateKeyJwt } from "@credicorp/oauth-client/private-key-jwt";

const certificate = { cert: "planted-cert", key: "planted-key" };
const authentication = mutualTls({ ...certificate, method: "tls_client_auth" });
const good: OAuthClientOptions = { baseUrl: "https://hub.example", clientId: "a", authentication };

it.each([
  ["neither method nor authentication", {}],
  ["both", { method: "tls_client_auth", authentication: privateKeyJwt({ key: "a" }) }],
])("refuses a certificate for %s", (_name, options) => {
  expect(() => mutualTls({ ...certificate, ...options } as unknown as MutualTlsOptions)).toThrow(
    "one of method and authentication",
  );
});

it.each<[string, Partial<OAuthClientOptions>, string]>([
  ["plain http", { baseUrl: "http://127.0.0.1:9400" }, "baseUrl"],
  ["a fetch that does not show it", { fetch: (...input) => fetch(...input) }, "fetch"],
  ["a transport that does not show it", { transport: () => new Promise(() => {}) }, "transport"],
  ["a secret beside it", { clientSecret: "planted-secret" }, "authentication"],
])("refuses a certificate with %s", (_name, options, option) => {
  let error: unknown;
  try {
    createOAuthClient({ ...good, ...options } as OAuthClientOptions);
  } catch (reason) {
    error = reason;
  }

  expect(error).toMatchObject({ kind: "config", option });
});

it("takes what the method is called from the way that proves the client", () => {
  const other = mutualTls({ ...certificate, authentication: privateKeyJwt({ key: "a" }) });

  expect([authentication.method, other.method]).toEqual(["tls_client_auth", "private_key_jwt"]);
});
