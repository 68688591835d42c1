import { describe, expect, it } from "vitest";

import type { DpopOptions, ProofOfPossession } from "@credicorp/oauth-client/dpop";
import { dpop } from "@credicorp/oauth-client/dpop";
import { privateKeyJwt } from "@credicorp/oauth-client/private-key-jwt";
import { jwkThumbprint } from "@credicorp/oauth-core/jwt";
import type { PrivateJwk } from "@credicorp/oauth-core/protocol";
import { toPublicJwk } from "@credicorp/oauth-core/protocol";
import { bytes, digest, signatureEngine } from "@credicorp/oauth-runtime";

import { metadataOf } from "./support/authorization-server.ts";
import type { Setup } from "./support/client.ts";
import { rejectionOf, setUp } from "./support/client.ts";
import { claimsOf, hashOf, verifyProof } from "./support/dpop.ts";
import { spellings } from "./support/spellings.ts";

const ec = await signatureEngine.generateKeyPair("ES256");
const rsa = await signatureEngine.generateKeyPair("PS256");
const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, [
  "sign",
  "verify",
]);
const imported = await signatureEngine.importSigningKey(ec, "ES256");
if (!imported.ok) throw new Error(imported.failure);
const signElsewhere = (input: Uint8Array): Promise<Uint8Array> =>
  Promise.resolve(signatureEngine.sign(imported.value, input));

/** A client that binds its tokens, and a server that gives bound ones and takes any. */
async function setUpDpop(
  proof: ProofOfPossession = dpop({ key: ec }),
  options: Parameters<typeof setUp>[0] = {},
): Promise<Setup> {
  const setup = await setUp({ dpop: proof, ...options });
  setup.server.tokenMembers["token_type"] = "DPoP";
  setup.server.script.api = () => ({ body: { title: "taken" } });
  return setup;
}

describe("DPoP", () => {
  it.each<[string, DpopOptions]>([
    ["a JWK", { key: ec }],
    ["a JWK as text", { key: JSON.stringify(rsa) }],
    ["a function", { key: async () => ec }],
    ["a CryptoKeyPair", { key: pair as CryptoKeyPairLike }],
    [
      "a key that signs elsewhere",
      { key: { algorithm: "ES256", publicJwk: toPublicJwk(ec), sign: signElsewhere } },
    ],
    ["a key of P-256 of its own", { generate: "ES256" }],
    ["an RSA key of its own", { generate: "PS256" }],
    ["an Ed25519 key of its own", { generate: "Ed25519" }],
  ])("DPOP-01 proves token requests and calls with %s", async (_name, options) => {
    const proof = dpop(options);
    await using setup = await setUpDpop(proof);
    const { client, server } = setup;

    const response = await client.fetch("/partner/v1/applications?page=2", { method: "post" });

    expect(response.status).toBe(200);
    const [tokenRequest] = server.tokenRequests();
    const [call] = server.apiCalls();
    const asked = await verifyProof(tokenRequest, server.url);
    const called = await verifyProof(call, server.url);
    expect(asked.thumbprint).toBe(await proof.thumbprint());
    expect(called.thumbprint).toBe(asked.thumbprint);
    expect(asked.claims.accessTokenHash).toBeUndefined();
    expect(called.claims).toMatchObject({
      method: "POST",
      url: `${server.url}/partner/v1/applications`,
      accessTokenHash: await hashOf("access-token-1"),
    });
    expect(call?.authorization).toBe("DPoP access-token-1");
  });

  it("names its key by the thumbprint of RFC 7638", async () => {
    const expected = await jwkThumbprint(ec, { digest, bytes });

    expect(await dpop({ key: ec }).thumbprint()).toBe(expected);
  });

  it("CLI-24 makes a new proof for every request, repeated ones included", async () => {
    await using setup = await setUpDpop();
    const { client, server } = setup;
    let answers = 0;
    server.script.token = () => ((answers += 1) < 3 ? { status: 503, body: "" } : undefined);

    await Promise.all([1, 2, 3].map(() => client.fetch("/partner/v1/applications")));

    const proofs = server.seen.flatMap((request) => (request.dpop ? [claimsOf(request).jti] : []));
    expect(proofs).toHaveLength(6);
    expect(new Set(proofs).size).toBe(6);
  });

  it("gives other HTTP clients the proof of their request", async () => {
    await using setup = await setUpDpop();
    const { client, server } = setup;
    const request = { method: "DELETE", url: "/partner/v1/applications/7" };

    const headers = await client.authorizationHeaders(request);

    expect(headers.authorization).toBe("DPoP access-token-1");
    expect(claimsOf({ dpop: headers.dpop })).toMatchObject({
      method: "DELETE",
      url: `${server.url}/partner/v1/applications/7`,
    });
  });

  it("CLI-20 refuses a Bearer token where a bound one was asked for, and sends nothing with it", async () => {
    await using setup = await setUpDpop();
    setup.server.tokenMembers["token_type"] = "bearer";

    const error = await rejectionOf(setup.client.fetch("/partner/v1/applications"));

    expect(error).toMatchObject({ kind: "protocol", failure: "token_type_downgraded" });
    expect(setup.server.apiCalls()).toEqual([]);
  });

  it("CLI-20 refuses a bound token where there is no key", async () => {
    await using setup = await setUp();
    setup.server.tokenMembers["token_type"] = "DPoP";

    expect(await rejectionOf(setup.client.getToken())).toMatchObject({
      kind: "protocol",
      failure: "token_type_unexpected",
    });
  });

  it("replaces a proof of the caller's own, which would spoil ours", async () => {
    await using setup = await setUpDpop();

    await setup.client.fetch("/partner/v1/applications", { headers: { DPoP: "mine" } });

    await expect(verifyProof(setup.server.apiCalls()[0], setup.server.url)).resolves.toBeDefined();
  });

  it("proves the key with a new token after 401 invalid_token", async () => {
    await using setup = await setUpDpop();
    const { client, server } = setup;
    await client.getToken();
    server.script.api = ({ authorization }) =>
      authorization === "DPoP access-token-1"
        ? { status: 401, headers: { "www-authenticate": 'DPoP error="invalid_token"' } }
        : undefined;

    await client.fetch("/partner/v1/applications");

    const [, second] = server.apiCalls();
    const { claims } = await verifyProof(second, server.url);
    expect(claims.accessTokenHash).toBe(await hashOf("access-token-2"));
  });

  it("calls its algorithm what the authorization server calls it, to the API too", async () => {
    await using setup = await setUpDpop(dpop({ generate: "Ed25519" }));
    const { client, server } = setup;
    server.script.metadata = () => ({
      body: { ...metadataOf(server.url), dpop_signing_alg_values_supported: ["ES256", "EdDSA"] },
    });

    await client.fetch("/partner/v1/applications");

    for (const { dpop: proof = "" } of [server.tokenRequests()[0]!, server.apiCalls()[0]!]) {
      expect(JSON.parse(atob(proof.split(".")[0] ?? ""))).toMatchObject({ alg: "EdDSA" });
    }
  });

  it("combines with private_key_jwt", async () => {
    const options = { authentication: privateKeyJwt({ key: rsa }) };
    await using setup = await setUpDpop(dpop({ key: ec }), options);

    await setup.client.getToken();

    const [request] = setup.server.tokenRequests();
    expect(request?.form.get("client_assertion")).toBeTruthy();
    await expect(verifyProof(request, setup.server.url)).resolves.toBeDefined();
  });
});

type CryptoKeyPairLike = Extract<DpopOptions["key"], { privateKey: unknown }>;

describe("a key that DPoP refuses", () => {
  const other = toPublicJwk(rsa);

  it.each<[string, unknown, string]>([
    ["a private key alone", pair.privateKey, "public half"],
    [
      "a signing function without its public key",
      { algorithm: "ES256", sign: signElsewhere },
      "public half",
    ],
    [
      "a signing function with another kind of public key",
      { algorithm: "ES256", publicJwk: other, sign: signElsewhere },
      "not that of the private key",
    ],
    [
      "a signing function that signs something else",
      {
        algorithm: "ES256",
        publicJwk: toPublicJwk(ec),
        sign: () => signElsewhere(new Uint8Array(32)),
      },
      "not that of the private key",
    ],
    [
      "a signing function that fails",
      {
        algorithm: "ES256",
        publicJwk: toPublicJwk(ec),
        sign: () => Promise.reject(new Error("planted-secret")),
      },
      "The function that signs has failed",
    ],
    ["a text that is no key", "planted-secret", "neither PKCS #8 in PEM nor a JWK"],
  ])("is %s, and nothing is sent", async (_name, key, message) => {
    await using setup = await setUpDpop(dpop({ key: key as PrivateJwk }));

    expect(await rejectionOf(setup.client.getToken())).toMatchObject({
      kind: "config",
      option: "dpop",
      message: expect.stringContaining(message),
    });
    expect(setup.server.tokenRequests()).toEqual([]);
  });

  it("is one whose algorithm the server does not list", async () => {
    await using setup = await setUpDpop();
    const { client, server } = setup;
    server.script.metadata = () => ({
      body: { ...metadataOf(server.url), dpop_signing_alg_values_supported: ["PS256"] },
    });

    expect(await rejectionOf(client.getToken())).toMatchObject({
      option: "dpop",
      hint: expect.stringContaining("PS256"),
    });
  });

  it.each([{}, { key: ec, generate: "ES256" }])("is not one and only: %#", (options) => {
    expect(() => dpop(options as DpopOptions)).toThrow("one of key and generate");
  });

  it("is read again by the next request when it could not be read", async () => {
    let isBroken = true;
    const read = (): PrivateJwk => {
      if (isBroken) throw new Error("planted-secret");
      return ec;
    };
    await using setup = await setUpDpop(dpop({ key: read }));
    const error = await rejectionOf(setup.client.getToken());
    isBroken = false;

    expect(error).toMatchObject({ kind: "config", option: "dpop" });
    expect(String(error)).not.toContain("planted-secret");
    expect(await setup.client.getToken({ scope: ["a"] })).toMatchObject({ tokenType: "DPoP" });
  });

  it("CLI-31 signs or sends nothing: what the function throws during a call is not repeated", async () => {
    let isBroken = false;
    const sign = (input: Uint8Array): Promise<Uint8Array> =>
      isBroken ? Promise.reject(new Error("planted-secret")) : signElsewhere(input);
    const key = { algorithm: "ES256", publicJwk: toPublicJwk(ec), sign } as const;
    await using setup = await setUpDpop(dpop({ key }));
    await setup.client.getToken();
    isBroken = true;

    const error = await rejectionOf(setup.client.fetch("/partner/v1/applications"));

    expect(error).toMatchObject({ kind: "config", option: "dpop" });
    expect(spellings(error)).not.toContain("planted-secret");
    expect(setup.server.apiCalls()).toEqual([]);
  });

  it("signs in time or not at all: a call does not hang with the function", async () => {
    let isHanging = false;
    const sign = (input: Uint8Array): Promise<Uint8Array> =>
      isHanging ? new Promise(() => undefined) : signElsewhere(input);
    const key = { algorithm: "ES256", publicJwk: toPublicJwk(ec), sign } as const;
    await using setup = await setUpDpop(dpop({ key }), { maxWaitMs: 50 });
    await setup.client.getToken({ maxWaitMs: 5000 });
    isHanging = true;
    const signal = AbortSignal.abort(new Error("enough"));

    expect(await rejectionOf(setup.client.fetch("/partner/v1/applications"))).toMatchObject({
      kind: "timeout",
    });
    expect(
      await rejectionOf(setup.client.fetch("/partner/v1/applications", { signal })),
    ).toMatchObject({ message: "enough" });
    expect(setup.server.apiCalls()).toEqual([]);
  });
});
