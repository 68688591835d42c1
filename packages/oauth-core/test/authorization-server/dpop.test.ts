import { describe, expect, it } from "vitest";

import { createDpopKey } from "../support/dpop-key.ts";
import { digest } from "../support/node-ports.ts";
import { createDpopSetting, tokenUrl } from "./support/dpop-client.ts";
import {
  basic,
  createTestServer,
  engine,
  issuer,
  paths,
  readToken,
  secrets,
} from "./support/test-server.ts";

const grantType = { grant_type: "client_credentials" };
const api = { headers: [basic("api", secrets.api)] };

describe("tokens that are bound to a key by DPoP", () => {
  it("DPOP-04 answers with the type DPoP, and names the key in the token and at introspection", async () => {
    const { server, key, prove, ask } = await createDpopSetting();

    const response = await ask(await prove());
    const token = String(response.json["access_token"]);
    const { claims } = await readToken(server, token);
    const introspected = await server.post(paths.introspection, { token }, api);

    expect(response).toMatchObject({ status: 200, json: { token_type: "DPoP", expires_in: 900 } });
    expect(claims["cnf"]).toEqual({ jkt: key.thumbprint });
    expect(introspected.json).toMatchObject({
      active: true,
      token_type: "DPoP",
      cnf: { jkt: key.thumbprint },
    });
    expect(server.events).toContainEqual(
      expect.objectContaining({ type: "token_issued", clientId: "basic", jkt: key.thumbprint }),
    );
  });

  it.each(["ES256", "PS256", "Ed25519"] as const)("DPOP-01 binds to a key of %s", async (name) => {
    const { server, ask } = await createDpopSetting();
    const key = await createDpopKey(name);
    const issuedAt = server.clock.now();

    const response = await ask(
      await key.prove({ method: "POST", url: tokenUrl, issuedAt, jti: "a" }),
    );

    const { claims } = await readToken(server, String(response.json["access_token"]));
    expect(claims["cnf"]).toEqual({ jkt: key.thumbprint });
  });

  it("DPOP-04 answers without a proof with a bearer token that names no key", async () => {
    const { server, ask } = await createDpopSetting();

    const response = await ask([]);
    const token = String(response.json["access_token"]);
    const { claims } = await readToken(server, token);
    const introspected = await server.post(paths.introspection, { token }, api);

    expect(response.json["token_type"]).toBe("Bearer");
    expect(response.header("dpop-nonce")).toBeUndefined();
    expect(claims).not.toHaveProperty("cnf");
    expect(introspected.json["token_type"]).toBe("Bearer");
    expect(introspected.json).not.toHaveProperty("cnf");
  });

  it("DPOP-04 names the key even where all tokens carry a cnf of their own", async () => {
    const { server, key, prove, ask } = await createDpopSetting({
      accessTokenClaims: { cnf: { jkt: "another" } },
    });

    const { json } = await ask(await prove());

    const { claims } = await readToken(server, String(json["access_token"]));
    expect(claims["cnf"]).toEqual({ jkt: key.thumbprint });
  });

  it("DPOP-01 refuses a client that is registered for bound tokens and proves nothing", async () => {
    const { server, prove, ask } = await createDpopSetting();

    const refused = await ask([], { client: "bound" });
    const granted = await ask(await prove(), { client: "bound" });

    expect(refused).toMatchObject({ status: 400, json: { error: "invalid_dpop_proof" } });
    expect(server.events.at(-2)).toMatchObject({ why: "dpop_missing", clientId: "bound" });
    expect(granted).toMatchObject({ status: 200, json: { token_type: "DPoP" } });
  });

  it("refuses that client where DPoP is off, and ignores the proofs of others there", async () => {
    const { server, prove, ask } = await createDpopSetting({ dpop: undefined });

    const bound = await ask(await prove(), { client: "bound" });
    const free = await ask("not a proof");

    expect(bound).toMatchObject({ status: 400, json: { error: "invalid_dpop_proof" } });
    expect(server.events.at(-2)).toMatchObject({ why: "dpop_disabled" });
    expect(free).toMatchObject({ status: 200, json: { token_type: "Bearer" } });
  });

  it("DPOP-04 waits for a digest and an engine that answer later", async () => {
    const { server, key, prove, ask } = await createDpopSetting(
      {},
      {
        digest: { ...digest, sha256: async (data) => digest.sha256(data) },
        signatureEngine: {
          ...engine,
          importVerificationKey: async (...input) => engine.importVerificationKey(...input),
          verify: async (...input) => engine.verify(...input),
        },
      },
    );
    const nonce = (await ask(await prove(), { client: "nonce" })).header("dpop-nonce");

    const { json } = await ask(await prove({ nonce }), { client: "nonce" });

    const { claims } = await readToken(server, String(json["access_token"]));
    expect(claims["cnf"]).toEqual({ jkt: key.thumbprint });
  });

  it("REV-01 revokes a bound token as it does any other", async () => {
    const { server, prove, ask } = await createDpopSetting();
    const token = String((await ask(await prove())).json["access_token"]);

    await server.post(paths.revocation, { token });

    expect((await server.post(paths.introspection, { token }, api)).body).toBe('{"active":false}');
  });
});

describe("DPoP in the metadata", () => {
  const name = "dpop_signing_alg_values_supported";

  it("MD-11 is absent where DPoP is off", async () => {
    const server = await createTestServer();

    expect((await server.request({ target: paths.metadata })).json).not.toHaveProperty(name);
  });

  it.each([
    { algorithms: undefined, advertised: ["ES256", "PS256", "Ed25519", "EdDSA"] },
    { algorithms: ["PS256"] as const, advertised: ["PS256"] },
    { algorithms: ["Ed25519", "ES256"] as const, advertised: ["Ed25519", "EdDSA", "ES256"] },
  ])("MD-11 MD-13 lists $advertised, which are accepted, and no others", async (row) => {
    const { algorithms, advertised } = row;
    const { server, ask } = await createDpopSetting({ dpop: { algorithms } });
    const accepted: string[] = [];

    for (const alg of ["ES256", "PS256", "Ed25519", "EdDSA", "RS256", "ES384"] as const) {
      const key = await createDpopKey(alg === "EdDSA" ? "Ed25519" : alg);
      const payload = { htm: "POST", htu: tokenUrl, iat: server.clock.now(), jti: alg };
      const { status } = await ask(await key.sign(payload, { alg }));
      if (status === 200) accepted.push(alg);
    }

    expect((await server.request({ target: paths.metadata })).json[name]).toEqual(advertised);
    expect(accepted.toSorted()).toEqual(advertised.toSorted());
  });

  it.each([
    [{ algorithms: [] }, "dpop.algorithms"],
    [{ algorithms: ["RS256"] }, "dpop.algorithms"],
    [{ proofWindowSeconds: 9 }, "dpop.proofWindowSeconds"],
    [{ proofWindowSeconds: 301 }, "dpop.proofWindowSeconds"],
    [{ proofWindowSeconds: Number.NaN }, "dpop.proofWindowSeconds"],
    [{ nonceStepSeconds: 10.5 }, "dpop.nonceStepSeconds"],
    [{ nonceStepSeconds: 3601 }, "dpop.nonceStepSeconds"],
    [{ nonceSecret: "x".repeat(31) }, "dpop.nonceSecret"],
  ])("names the option that is wrong in %j", async (dpop, option) => {
    const error: unknown = await createTestServer({ dpop: dpop as object }).catch(
      (reason: unknown) => reason,
    );

    expect(error).toMatchObject({ code: "ERR_OAUTH_CONFIG", option });
    expect(String(error)).not.toContain("xxx");
  });

  it("keeps the secret of nonces out of the policy that it shows", async () => {
    const server = await createTestServer({ dpop: { nonceSecret: "n".repeat(32) } });

    expect(JSON.stringify(server.policy)).not.toContain("nnn");
    expect(server.policy).toMatchObject({ issuer, dpop: { proofWindowSeconds: 60 } });
  });

  it("MD-13 leaves grants as they are", async () => {
    const { server } = await createDpopSetting();

    expect((await server.post(paths.token, grantType)).status).toBe(200);
  });
});
