import { createPrivateKey, generateKeyPair, sign } from "node:crypto";
import { promisify } from "node:util";

import { describe, expect, it } from "vitest";

import type { PrivateKeyJwtOptions } from "@credicorp/oauth-client/private-key-jwt";
import { privateKeyJwt } from "@credicorp/oauth-client/private-key-jwt";
import type { ClientAssertion } from "@credicorp/oauth-core/jwt";
import {
  algorithmOfJwk,
  clientAssertionType,
  parseClientAssertion,
} from "@credicorp/oauth-core/jwt";
import type { PrivateJwk } from "@credicorp/oauth-core/protocol";
import { toPublicJwk } from "@credicorp/oauth-core/protocol";
import { bytes, signatureEngine } from "@credicorp/oauth-runtime";

import type { SeenRequest } from "./support/authorization-server.ts";
import { metadataOf } from "./support/authorization-server.ts";
import { rejectionOf, setUp } from "./support/client.ts";
import type { Setup } from "./support/client.ts";

const ec = await signatureEngine.generateKeyPair("ES256");
const rsa = await signatureEngine.generateKeyPair("PS256");
const ed25519 = await signatureEngine.generateKeyPair("Ed25519");

function toPem(jwk: PrivateJwk): string {
  const key = createPrivateKey({ key: jwk as never, format: "jwk" });
  return key.export({ format: "pem", type: "pkcs8" }).toString();
}

function importKey(jwk: PrivateJwk, algorithm: object): ReturnType<typeof crypto.subtle.importKey> {
  const { alg: _alg, ...material } = jwk;
  return crypto.subtle.importKey("jwk", material as never, algorithm as never, false, ["sign"]);
}

const nodeKey = createPrivateKey({ key: ec as never, format: "jwk" });

const cryptoKeys = {
  ec: await importKey(ec, { name: "ECDSA", namedCurve: "P-256" }),
  pss: await importKey(rsa, { name: "RSA-PSS", hash: "SHA-256" }),
  sha512: await importKey(rsa, { name: "RSA-PSS", hash: "SHA-512" }),
  pkcs1: await importKey(rsa, { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }),
};

/** Starts a server and a client that signs assertions. */
async function setUpKey(options: PrivateKeyJwtOptions): Promise<Setup> {
  return setUp({ authentication: privateKeyJwt(options) });
}

function assertionOf(request: SeenRequest | undefined): ClientAssertion {
  const text = request?.form.get("client_assertion") ?? "";
  const assertion = parseClientAssertion(text, bytes);
  if (!assertion.ok) throw new Error(assertion.failure.message);
  return assertion.value;
}

async function isSignedBy(
  { signingInput, signature }: ClientAssertion,
  jwk: PrivateJwk,
): Promise<boolean> {
  const algorithm = algorithmOfJwk(toPublicJwk(jwk)) ?? "ES256";
  const key = await signatureEngine.importVerificationKey(toPublicJwk(jwk), algorithm);
  return key.ok && signatureEngine.verify(key.value, signingInput, signature);
}

describe("private_key_jwt", () => {
  it.each<[string, PrivateKeyJwtOptions["key"], PrivateJwk]>([
    ["a JWK on P-256", ec, ec],
    ["a JWK as text", JSON.stringify(ec, undefined, 2), ec],
    ["an RSA JWK", rsa, rsa],
    ["an Ed25519 JWK", ed25519, ed25519],
    ["a PEM of P-256", toPem(ec), ec],
    ["a PEM of RSA", toPem(rsa), rsa],
    ["a PEM of Ed25519", toPem(ed25519), ed25519],
    ["a function", async () => toPem(ec), ec],
    ["a CryptoKey on P-256", cryptoKeys.ec, ec],
    ["an RSA CryptoKey", cryptoKeys.pss, rsa],
    [
      "a key management service that answers in DER",
      { algorithm: "ES256", kid: "kms-1", sign: async (input) => sign("sha256", input, nodeKey) },
      ec,
    ],
    [
      "a function that signs as JOSE does",
      {
        algorithm: "ES256",
        sign: (input) => sign("sha256", input, { key: nodeKey, dsaEncoding: "ieee-p1363" }),
      },
      ec,
    ],
  ])("JWT-01 signs with %s", async (_name, key, jwk) => {
    await using setup = await setUpKey({ key });

    await setup.client.getToken();

    const [request] = setup.server.tokenRequests();
    const assertion = assertionOf(request);
    expect(assertion.algorithm).toBe(jwk.alg);
    expect(await isSignedBy(assertion, jwk)).toBe(true);
    expect(request?.authorization).toBeUndefined();
    expect(Object.fromEntries(request?.form ?? [])).toEqual({
      grant_type: "client_credentials",
      client_id: "partner",
      client_assertion_type: clientAssertionType,
      client_assertion: expect.any(String),
    });
  });

  it.each([
    ["numbers of full length", `3044 0220 ${"11".repeat(32)} 0220 ${"22".repeat(32)}`],
    ["a zero in front", `3046 0221 00${"81".repeat(32)} 0221 00${"82".repeat(32)}`],
    ["shorter numbers", `3042 021f ${"11".repeat(31)} 021f ${"22".repeat(31)}`],
    ["JOSE already", `${"11".repeat(32)}${"22".repeat(32)}`],
  ])("brings an ES256 signature with %s to 64 bytes", async (_name, hex) => {
    const digits = hex.replaceAll(" ", "");
    const answer = (): Uint8Array => Buffer.from(digits, "hex");
    await using setup = await setUpKey({ key: { algorithm: "ES256", sign: answer } });

    await setup.client.getToken();

    const { signature } = assertionOf(setup.server.tokenRequests()[0]);
    const [r = "", s = ""] = [signature.subarray(0, 32), signature.subarray(32)].map((number) =>
      Buffer.from(number).toString("hex").replace(/^0+/, ""),
    );
    expect(signature).toHaveLength(64);
    expect(r.length).toBe(s.length);
    expect(digits).toContain(r);
    expect(digits).toContain(s);
  });

  it.each([
    ["another tag", `3144 0220 ${"11".repeat(32)} 0220 ${"22".repeat(32)}`],
    ["a wrong length", `3045 0220 ${"11".repeat(32)} 0220 ${"22".repeat(32)}`],
    ["one number", `3022 0220 ${"11".repeat(32)}`],
    ["something after it", `3045 0220 ${"11".repeat(32)} 0220 ${"22".repeat(32)} 00`],
    ["numbers that are too long", `3046 0221 ${"11".repeat(33)} 0221 ${"22".repeat(33)}`],
  ])("refuses an ES256 signature with %s", async (_name, hex) => {
    const answer = (): Uint8Array => Buffer.from(hex.replaceAll(" ", ""), "hex");
    await using setup = await setUpKey({ key: { algorithm: "ES256", sign: answer } });

    expect(await rejectionOf(setup.client.getToken())).toMatchObject({
      message: "The function that signs gave no ES256 signature",
    });
  });

  it("CLI-24 says who, to whom as one text, and for one minute", async () => {
    await using setup = await setUpKey({ key: { ...ec, kid: "2026-11" } });
    const before = Math.floor(Date.now() / 1000);

    await setup.client.getToken();

    const { kid, claims } = assertionOf(setup.server.tokenRequests()[0]);
    const { issuedAt = 0, notBefore, expiresAt, jti, ...names } = claims;
    expect(names).toEqual({ issuer: "partner", subject: "partner", audience: setup.server.url });
    expect(kid).toBe("2026-11");
    expect(issuedAt - before).toBeLessThanOrEqual(2);
    expect(issuedAt).toBeGreaterThanOrEqual(before);
    expect(notBefore).toBe(issuedAt);
    expect(expiresAt).toBe(issuedAt + 60);
    expect(jti).toMatch(/^[\w-]{22}$/);
  });

  it("CLI-24 makes a new assertion for every attempt and every endpoint", async () => {
    await using setup = await setUpKey({ key: ec });
    const { client, server } = setup;
    let answers = 0;
    server.script.token = () => ((answers += 1) < 3 ? { status: 503, body: "" } : undefined);

    const { value } = await client.getToken();
    await client.introspect(value);
    await client.revoke(value);

    const requests = server.seen.filter(({ form }) => form.has("client_assertion"));
    const ids = requests.map((request) => assertionOf(request).claims.jti);
    expect(ids).toHaveLength(5);
    expect(new Set(ids).size).toBe(5);
  });

  it("prefers the name that is given to that of the key", async () => {
    await using setup = await setUpKey({ key: { ...ec, kid: "own" }, kid: "given" });

    await setup.client.getToken();

    expect(assertionOf(setup.server.tokenRequests()[0]).kid).toBe("given");
  });

  it.each([
    [["EdDSA", "ES256"], "EdDSA"],
    [["EdDSA", "Ed25519"], "Ed25519"],
    [undefined, "Ed25519"],
  ])("calls its algorithm what a server that lists %j calls it", async (listed, name) => {
    await using setup = await setUpKey({ key: ed25519 });
    const { client, server } = setup;
    server.script.metadata = () => ({
      body: {
        ...metadataOf(server.url),
        token_endpoint_auth_signing_alg_values_supported: listed,
      },
    });

    await client.getToken();

    const [header = ""] = server.tokenRequests()[0]?.form.get("client_assertion")?.split(".") ?? [];
    expect(JSON.parse(atob(header))).toMatchObject({ alg: name, typ: "JWT" });
  });

  it("CLI-33 takes up a key that was rotated, and forgets the error of the old one", async () => {
    const next = await signatureEngine.generateKeyPair("ES256");
    let key: PrivateJwk = { ...ec, kid: "old" };
    await using setup = await setUpKey({ key: () => key });
    const { client, server } = setup;
    server.script.token = (request) =>
      assertionOf(request).kid === "new"
        ? undefined
        : { status: 401, body: { error: "invalid_client" } };
    await rejectionOf(client.getToken());
    await rejectionOf(client.getToken());
    expect(server.tokenRequests()).toHaveLength(1);

    key = { ...next, kid: "new" };

    expect((await client.getToken()).value).toBe("access-token-1");
    expect(await isSignedBy(assertionOf(server.tokenRequests()[1]), next)).toBe(true);
  });

  it.each([
    [{ token_endpoint_auth_methods_supported: ["client_secret_basic"] }, "private_key_jwt"],
    [{ token_endpoint_auth_signing_alg_values_supported: ["PS256"] }, "ES256"],
    [{}, "kid"],
  ])("hints after invalid_client at what %j means", async (members, word) => {
    await using setup = await setUpKey({ key: ec });
    const { client, server } = setup;
    server.script.metadata = () => ({ body: { ...metadataOf(server.url), ...members } });
    server.script.token = () => ({ status: 401, body: { error: "invalid_client" } });

    expect(await rejectionOf(client.getToken())).toMatchObject({
      hint: expect.stringContaining(word),
    });
  });
});

const generate = promisify(generateKeyPair);
const p384 = (await generate("ec", { namedCurve: "P-384" })).privateKey;
const shortRsa = (await generate("rsa", { modulusLength: 1024 })).privateKey;

describe("a key that private_key_jwt refuses", () => {
  it.each<[string, unknown, string]>([
    ["nothing", undefined, "missing"],
    ["a text that is no key", "planted-secret", "neither PKCS #8 in PEM nor a JWK"],
    ["a JWK that was cut", JSON.stringify(ec).slice(0, -9), "neither PKCS #8 in PEM nor a JWK"],
    ["a public JWK", toPublicJwk(ec), "not a private JWK"],
    ["a key for encryption", { ...ec, use: "enc" }, "not for signing"],
    ["a key that may only verify", { ...ec, key_ops: ["verify"] }, "not for signing"],
    ["an RSA key for RS256", { ...rsa, alg: "RS256" }, "not one for ES256, PS256 or Ed25519"],
    ["a key on P-384", p384.export({ format: "jwk" }), "not one for ES256, PS256 or Ed25519"],
    ["a short RSA key", shortRsa.export({ format: "jwk" }), "shorter than 2048 bits"],
    ["a CryptoKey for RS256", cryptoKeys.pkcs1, "not one for ES256, PS256 or Ed25519"],
    ["a CryptoKey with another digest", cryptoKeys.sha512, "not one for ES256, PS256 or Ed25519"],
    [
      "an external key for RS256",
      { algorithm: "RS256", sign: () => new Uint8Array(1) },
      "algorithm",
    ],
    [
      "a function that signs and fails",
      {
        algorithm: "ES256",
        sign: () => {
          throw new Error("planted-secret");
        },
      },
      "has failed",
    ],
    [
      "a function that signs too short",
      { algorithm: "ES256", sign: () => new Uint8Array(63) },
      "gave no ES256 signature",
    ],
  ])("is %s, and nothing is sent", async (_name, key, message) => {
    await using setup = await setUpKey({ key: key as never });

    expect(await rejectionOf(setup.client.getToken())).toMatchObject({
      kind: "config",
      option: "authentication",
      message: expect.stringContaining(message),
    });
    expect(setup.server.tokenRequests()).toEqual([]);
  });
});
