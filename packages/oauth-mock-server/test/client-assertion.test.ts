import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";

import type { AuditEvent } from "@credicorp/oauth-core/authorization-server";
import type { ClientAssertionAlgorithm } from "@credicorp/oauth-core/jwt";
import {
  clientAssertionType,
  encodeClientAssertionHeader,
  formatClientAssertionClaims,
  signCompactJws,
} from "@credicorp/oauth-core/jwt";
import type { PrivateJwk, PublicJwk } from "@credicorp/oauth-core/protocol";
import type { Sandbox, SandboxOptions } from "@credicorp/oauth-mock-server";
import { createSandbox, defaultClients } from "@credicorp/oauth-mock-server";
import { bytes, random, signatureEngine, systemClock } from "@credicorp/oauth-runtime";
import { describe, expect, it, onTestFinished } from "vitest";

import { configurationSchema } from "../src/configuration/configuration-schema.ts";

interface Partner {
  readonly sandbox: Sandbox;

  /** Sends an assertion of a client, signed by the key that the sandbox knows unless another is given. */
  readonly ask: (clientId: string, privateJwk?: PrivateJwk) => Promise<Response>;
}

async function setUp(configuration: SandboxOptions = {}): Promise<Partner> {
  const sandbox = await createSandbox(configuration);
  onTestFinished(() => sandbox.close());
  const { url } = await sandbox.listen();
  return {
    sandbox,
    ask: async (clientId, privateJwk = sandbox.clients.get(clientId).privateJwk) => {
      if (privateJwk === undefined) throw new Error(`${clientId} has no private key`);
      return fetch(`${url}/partner/v1/oauth/token`, {
        method: "POST",
        body: new URLSearchParams({
          grant_type: "client_credentials",
          client_assertion_type: clientAssertionType,
          client_assertion: await sign(privateJwk, { clientId, audience: url }),
        }),
      });
    },
  };
}

async function sign(
  jwk: PrivateJwk,
  { clientId, audience }: { readonly clientId: string; readonly audience: string },
): Promise<string> {
  const algorithm = jwk.alg as ClientAssertionAlgorithm;
  const key = await signatureEngine.importSigningKey(jwk, algorithm);
  if (!key.ok) throw new Error(key.failure);
  const claims = formatClientAssertionClaims({
    issuer: clientId,
    subject: clientId,
    audience,
    expiresAt: Math.floor(systemClock.now()) + 60,
    jti: bytes.encodeBase64url(random.bytes(16)),
  });
  const encodedHeader = encodeClientAssertionHeader({ algorithm, kid: jwk.kid }, bytes);
  return signCompactJws({ encodedHeader, claims, key: key.value }, { bytes, signatureEngine });
}

// Not the synchronous form: exporting its keys as JWKs deadlocks Node 20 now and then.
async function makeShortRsaKey(): Promise<PublicJwk> {
  const { publicKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 1024 });
  return { ...(publicKey.export({ format: "jwk" }) as unknown as PublicJwk), alg: "PS256" };
}

const client = { id: "signer", tokenEndpointAuthMethod: "private_key_jwt" } as const;

describe("private_key_jwt in the sandbox, over a socket", () => {
  it("JWT-01 JWT-02 JWT-03 gives partner-private-key-jwt a token for its published test key", async () => {
    const { sandbox, ask } = await setUp();

    const response = await ask("partner-private-key-jwt");

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ token_type: "Bearer" });
    expect(sandbox.clients.get("partner-private-key-jwt")).toMatchObject({
      secret: "",
      tokenEndpointAuthMethod: "private_key_jwt",
      privateJwk: defaultClients.find(({ id }) => id === "partner-private-key-jwt")?.privateJwk,
    });
  });

  it.each(["PS256", "ES256", "Ed25519"] as const)(
    "JWT-06 takes a key of %s that is registered as jwks",
    async (algorithm) => {
      const jwk = { ...(await signatureEngine.generateKeyPair(algorithm)), kid: "mine" };
      const { kty, kid, alg, crv, x, y, n, e } = jwk;
      const jwks = { keys: [{ kty, kid, alg, crv, x, y, n, e }] };
      const { sandbox, ask } = await setUp();
      await sandbox.clients.create({ ...client, scope: ["decisions:read"], jwks });

      expect((await ask("signer", jwk)).status).toBe(200);
      expect(sandbox.clients.get("signer")).not.toHaveProperty("privateJwk");
    },
  );

  it("JWT-02 refuses the signature of a key that is not registered", async () => {
    const events: AuditEvent[] = [];
    const { ask } = await setUp({ audit: (event) => void events.push(event) });
    const jwk = await signatureEngine.generateKeyPair("ES256");

    const response = await ask("partner-private-key-jwt", {
      ...jwk,
      kid: "sandbox-partner-private-key-jwt",
    });

    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: "invalid_client" });
    expect(events.at(-1)).toMatchObject({ why: "assertion_signature" });
  });

  it("JWT-06 registers no RSA key of less than 2048 bits", async () => {
    const { sandbox } = await setUp();

    const creating = sandbox.clients.create({
      ...client,
      jwks: { keys: [await makeShortRsaKey()] },
    });

    await expect(creating).rejects.toMatchObject({
      option: 'clients["signer"].jwks.keys[0]',
      message: expect.stringContaining("shorter than 2048 bits"),
    });
  });

  it("makes a key for a client that comes without one", async () => {
    const { sandbox, ask } = await setUp();

    const { privateJwk } = await sandbox.clients.create({ ...client, scope: ["decisions:read"] });

    expect(privateJwk).toMatchObject({ kty: "EC", alg: "ES256", d: expect.any(String) });
    expect((await ask("signer")).status).toBe(200);
  });

  it("reads keys from a configuration file", () => {
    const key = { kty: "EC", kid: "1", crv: "P-256", x: "AA", y: "AA" };
    const isGood = (members: object): boolean =>
      configurationSchema.safeParse({ clients: [{ ...client, ...members }] }).success;

    expect(isGood({ jwks: { keys: [key] } })).toBe(true);
    expect(isGood({ privateJwk: { ...key, alg: "ES256", d: "AA" } })).toBe(true);
    expect(isGood({ jwks: [key] })).toBe(false);
    expect(isGood({ jwks: { keys: [{ kid: "1" }] } })).toBe(false);
    expect(isGood({ jwks_uri: "https://a.example/keys" })).toBe(false);
  });
});
