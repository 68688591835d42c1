import type { ClientKeySetOptions } from "@credicorp/oauth-core/authorization-server";
import {
  createAuthorizationServer,
  registerClient,
} from "@credicorp/oauth-core/authorization-server";
import { describe, expect, it } from "vitest";

import { createTestKey } from "../support/node-ports.ts";
import { createKeyHostSetting, host, keysUrl } from "./support/client-key-host.ts";
import { audience, createTestServer, issuer } from "./support/test-server.ts";

const key = createTestKey("key-1", "ES256");
const client = { id: "signer", tokenEndpointAuthMethod: "private_key_jwt" } as const;

describe("registering a jwks_uri", () => {
  it.each([
    ["plain http", `http://${host}/jwks.json`],
    ["plain http on loopback", "http://127.0.0.1/jwks.json"],
    ["another host", "https://keys.other.example/jwks.json"],
    ["a host that begins alike", `https://${host}.evil.example/jwks.json`],
    ["a host beneath", `https://www.${host}/jwks.json`],
    ["another port", `https://${host}:8443/jwks.json`],
    ["a dot at the end of the host", `https://${host}./jwks.json`],
    ["user information", `https://user@${host}/jwks.json`],
    ["the host as user information", `https://${host}@evil.example/jwks.json`],
    ["a backslash", `https://evil.example\\@${host}/`],
    ["a fragment", `${keysUrl}#key`],
    ["a tab", `https://${host}/\tjwks.json`],
    ["3000 characters", `${keysUrl}?${"x".repeat(3000)}`],
    ["another scheme", `file://${host}/etc/passwd`],
    ["no URL", "jwks.json"],
  ])("ATK-14 refuses %s", async (_name, jwksUri) => {
    const { register } = await createKeyHostSetting();

    await expect(register("signer", jwksUri)).rejects.toMatchObject({
      code: "ERR_OAUTH_CONFIG",
      option: 'clients["signer"].jwksUri',
    });
  });

  it("ATK-14 takes no address from a registration, only from the configuration of the server", async () => {
    const { server } = await createKeyHostSetting();
    const registration = { ...client, jwks: { keys: [key.jwk] }, jwksUri: keysUrl };

    await expect(registerClient(registration, server.ports)).rejects.toMatchObject({
      option: 'clients["signer"].jwksUri',
    });
  });

  it.each([
    { name: "beside jwks", change: { jwks: { keys: [key.jwk] } } },
    { name: "for another method", change: { tokenEndpointAuthMethod: "none" } as const },
  ])("refuses one $name", async ({ change }) => {
    const { register } = await createKeyHostSetting();

    await expect(register("signer", keysUrl, change)).rejects.toMatchObject({
      option: 'clients["signer"].jwksUri',
    });
  });

  it("ATK-14 asks no host that has left the list, whatever the records say", async () => {
    const { ask, why, requests, server } = await createKeyHostSetting({
      clientKeySets: { allowedHosts: [`${host}:8443`] },
    });
    const record = await registerClient(client, server.ports, {
      remoteKeys: { jwksUri: keysUrl, allowedHosts: [host] },
    });
    await server.ports.clients.compareAndSet(record.id, 0, record);

    expect(await ask("signer", key)).toMatchObject({
      status: 401,
      json: { error: "invalid_client" },
    });
    expect(why()).toBe("assertion_keys_not_allowed");
    expect(requests).toEqual([]);
  });

  it("asks nobody where the server has no clientKeySets", async () => {
    const { register, ask, why, requests } = await createKeyHostSetting({
      clientKeySets: undefined,
    });
    await register("signer");

    expect((await ask("signer", key)).status).toBe(401);
    expect(why()).toBe("assertion_keys_not_allowed");
    expect(requests).toEqual([]);
  });
});

describe("clientKeySets", () => {
  it.each<[string, ClientKeySetOptions]>([
    ["allowedHosts[1]", { allowedHosts: [host, "https://keys.partner.example"] }],
    ["allowedHosts[0]", { allowedHosts: ["*.partner.example"] }],
    ["allowedHosts[0]", { allowedHosts: ["Keys.Partner.Example"] }],
    ["allowedHosts[0]", { allowedHosts: ["keys.partner.example:443"] }],
    ["allowedHosts[0]", { allowedHosts: ["user@keys.partner.example"] }],
    ["allowedHosts[0]", { allowedHosts: [""] }],
    ["timeoutMs", { allowedHosts: [host], timeoutMs: 99 }],
    ["timeoutMs", { allowedHosts: [host], timeoutMs: 10_001 }],
    ["maxLifetimeSeconds", { allowedHosts: [host], maxLifetimeSeconds: 59 }],
    ["maxStaleSeconds", { allowedHosts: [host], maxStaleSeconds: Number.NaN }],
  ])("refuses a wrong %s", async (option, clientKeySets) => {
    await expect(createTestServer({ clientKeySets })).rejects.toMatchObject({
      option: `clientKeySets.${option}`,
    });
  });

  it("refuses to be without a transport", async () => {
    const { ports } = await createTestServer();

    const create = () =>
      createAuthorizationServer(
        {
          issuer,
          resources: [{ identifier: audience, scopes: [] }],
          clientKeySets: { allowedHosts: [host] },
        },
        ports,
      );

    expect(create).toThrow(expect.objectContaining({ option: "clientKeySets" }));
  });
});
