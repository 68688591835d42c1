import type { AuditEvent } from "@credicorp/oauth-core/authorization-server";
import {
  clientAssertionType,
  encodeClientAssertionHeader,
  formatClientAssertionClaims,
  signCompactJws,
} from "@credicorp/oauth-core/jwt";
import type { PrivateJwk } from "@credicorp/oauth-core/protocol";
import { toPublicJwk } from "@credicorp/oauth-core/protocol";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import type { SandboxClientKeySets } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { bytes, random, signatureEngine } from "@credicorp/oauth-runtime";
import { describe, expect, it } from "vitest";

import { configurationSchema } from "../src/configuration/configuration-schema.ts";
import type { KeyHostAnswer } from "./support/key-host.ts";
import { startKeyHost } from "./support/key-host.ts";

async function makeKey(kid: string): Promise<PrivateJwk> {
  return { ...(await signatureEngine.generateKeyPair("ES256")), kid, alg: "ES256", use: "sig" };
}

/** A sandbox whose client `signer` publishes its keys on a real host. */
async function setUp(clientKeySets: Partial<SandboxClientKeySets> = {}) {
  const keyHost = await startKeyHost();
  const clock = createControlledClock();
  const events: AuditEvent[] = [];
  const sandbox = await createSandbox({
    clock,
    audit: (event) => void events.push(event),
    limits: { token: null, address: null, failedAuthentication: null },
    resources: [{ identifier: "https://api.example", scopes: ["decisions:read"] }],
    clients: [
      {
        id: "signer",
        tokenEndpointAuthMethod: "private_key_jwt",
        jwksUri: `https://${keyHost.host}/jwks.json`,
        scope: ["decisions:read"],
      },
    ],
    clientKeySets: {
      allowedHosts: [keyHost.host],
      allowPrivateAddresses: true,
      trustedCertificates: [keyHost.certificate],
      timeoutMs: 300,
      ...clientKeySets,
    },
  });
  const publish = (...keys: readonly PrivateJwk[]): void => {
    keyHost.published.set("/jwks.json", keys.map(toPublicJwk));
  };
  const ask = async (jwk: PrivateJwk, kid = jwk.kid): Promise<string> => {
    const key = await signatureEngine.importSigningKey(jwk, "ES256");
    if (!key.ok) throw new Error(key.failure);
    const encodedHeader = encodeClientAssertionHeader({ algorithm: "ES256", kid }, bytes);
    const claims = formatClientAssertionClaims({
      issuer: "signer",
      subject: "signer",
      audience: sandbox.issuer,
      expiresAt: clock.now() + 60,
      jti: bytes.encodeBase64url(random.bytes(16)),
    });
    const input = { encodedHeader, claims, key: key.value };
    const response = await sandbox.fetch("/partner/v1/oauth/token", {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_assertion_type: clientAssertionType,
        client_assertion: await signCompactJws(input, { bytes, signatureEngine }),
      }),
    });
    const event = events.at(-1);
    return event !== undefined && "why" in event
      ? `${response.status} ${event.why}`
      : `${response.status}`;
  };
  return { keyHost, clock, sandbox, publish, ask };
}

describe("a client that publishes its keys over https", () => {
  it("JWT-02 authenticates, rotates its key at once, and loses a removed one within the bound", async () => {
    const { clock, publish, ask, keyHost } = await setUp({ maxLifetimeSeconds: 60 });
    const [old, next] = [await makeKey("key-1"), await makeKey("key-2")];
    publish(old);
    expect(await ask(old)).toBe("200");

    publish(old, next);
    expect([await ask(next), await ask(old)]).toEqual(["200", "200"]);
    publish(next);
    clock.advance(60);
    expect([await ask(old), await ask(next)]).toEqual(["401 assertion_key_unknown", "200"]);
    expect(keyHost.requests.length).toBeLessThanOrEqual(4);
  });

  it("JWT-02 is known by no key that it has not published", async () => {
    const { publish, ask } = await setUp();
    publish(await makeKey("key-1"));

    expect(await ask(await makeKey("key-1"))).toBe("401 assertion_signature");
    expect(await ask(await makeKey("key-2"))).toBe("401 assertion_key_unknown");
  });

  it.each<[string, KeyHostAnswer]>([
    ["redirects", (response) => void response.writeHead(302, { Location: "/other.json" }).end()],
    ["fails", (response) => void response.writeHead(500).end("{}")],
    ["answers with HTML", (response) => void response.end("<!doctype html>")],
    ["answers with nothing", (response) => void response.end()],
    ["answers with no keys", (response) => void response.end('{"keys":[]}')],
    ["answers with 64 KiB and more", (response) => void response.end(" ".repeat(65_537))],
    ["does not answer", () => undefined],
  ])("ATK-18 gets 503 when its host %s, and no other place is asked", async (_name, answer) => {
    const { publish, ask, keyHost } = await setUp();
    const key = await makeKey("key-1");
    publish(key);
    keyHost.published.set("/other.json", [toPublicJwk(key)]);
    keyHost.answer = answer;

    expect(await ask(key)).toBe("503 assertion_keys_unavailable");
    expect(new Set(keyHost.requests)).toEqual(new Set(["/jwks.json"]));
  });

  it("ATK-18 authenticates by the good key of a set that has worse", async () => {
    const { publish, ask, keyHost } = await setUp();
    const key = await makeKey("key-1");
    const small = { kty: "RSA", n: "AQAB", e: "AQAB", alg: "PS256", kid: "small" };
    publish(key);
    keyHost.published.set("/jwks.json", [null, small, { kty: "oct", k: "AA" }, toPublicJwk(key)]);

    expect(await ask(key)).toBe("200");
  });

  it("authenticates through an outage of its host", async () => {
    const { clock, publish, ask, keyHost } = await setUp({ maxLifetimeSeconds: 60 });
    const key = await makeKey("key-1");
    publish(key);
    expect(await ask(key)).toBe("200");
    await keyHost.close();

    clock.advance(120);
    expect(await ask(key)).toBe("200");
    clock.advance(3600);
    expect(await ask(key)).toBe("503 assertion_keys_unavailable");
  });

  it("ATK-13 has its host asked a bounded number of times in a flood of unknown key ids", async () => {
    const { publish, ask, keyHost } = await setUp();
    const key = await makeKey("key-1");
    publish(key);

    const answers = new Set<string>();
    for (let index = 0; index < 200; index += 1) answers.add(await ask(key, `unknown-${index}`));

    expect([...answers]).toEqual(["401 assertion_key_unknown"]);
    expect(keyHost.requests).toHaveLength(4);
  });

  it("ATK-14 gets 503 when its host is in a private network and that is not allowed", async () => {
    const { publish, ask, keyHost } = await setUp({ allowPrivateAddresses: false });
    const key = await makeKey("key-1");
    publish(key);

    expect(await ask(key)).toBe("503 assertion_keys_unavailable");
    expect(keyHost.connections()).toBe(0);
  });
});

describe("the configuration of published keys", () => {
  it("comes from a file too", () => {
    const configuration = {
      clients: [
        {
          id: "signer",
          tokenEndpointAuthMethod: "private_key_jwt",
          jwksUri: "https://keys.partner.example/jwks.json",
        },
      ],
      clientKeySets: { allowedHosts: ["keys.partner.example"] },
    };

    expect(configurationSchema.parse(configuration)).toEqual(configuration);
    expect(() =>
      configurationSchema.parse({ clientKeySets: { allowedHosts: [], allowRedirects: true } }),
    ).toThrow(/allowRedirects/);
  });

  it.each([
    { name: "without clientKeySets", clientKeySets: undefined },
    { name: "for a host that is not on the list", clientKeySets: { allowedHosts: ["a.example"] } },
  ])("ATK-14 refuses a client with a jwksUri $name", async ({ clientKeySets }) => {
    const creating = createSandbox({
      clients: [
        {
          id: "signer",
          tokenEndpointAuthMethod: "private_key_jwt",
          jwksUri: "https://keys.partner.example/jwks.json",
        },
      ],
      resources: [{ identifier: "https://api.example", scopes: [] }],
      clientKeySets,
    });

    await expect(creating).rejects.toMatchObject({ option: 'clients["signer"].jwksUri' });
  });
});
