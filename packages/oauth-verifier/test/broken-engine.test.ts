import { inspect } from "node:util";

import type { VerifySignature } from "@credicorp/oauth-core";
import { signatureEngine } from "@credicorp/oauth-runtime";
import type { Outcome } from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";
import { describe, expect, it } from "vitest";

import { createIssuerKey } from "./support/issuer.ts";
import { createProofKey } from "./support/proof-key.ts";

const issuer = "https://as.example";
const origin = "https://api.example";
const now = Math.floor(Date.now() / 1000);
const key = createIssuerKey("k1");
const owner = createProofKey();

function tokenWith(change: object = {}): string {
  return key.sign({
    iss: issuer,
    sub: "c",
    client_id: "c",
    aud: "a",
    iat: now,
    exp: now + 600,
    jti: "1",
    ...change,
  });
}

const planted = new Error("the HSM is gone");
const broken: readonly { readonly name: string; readonly verify: VerifySignature }[] = [
  {
    name: "throws",
    verify: () => {
      throw planted;
    },
  },
  { name: "rejects", verify: () => Promise.reject(planted) },
  {
    name: "throws for texts",
    verify: Object.assign(() => true, {
      ofTexts: () => {
        throw planted;
      },
    }),
  },
];

async function setUp(verify: VerifySignature, isBroken = (): boolean => true) {
  const body = Buffer.from(JSON.stringify({ keys: [key.jwk] }));
  const { ofTexts } = verify;
  const verifier = createVerifier({
    issuer,
    audience: "a",
    jwksUri: `${issuer}/jwks`,
    dpop: { origin },
    ports: {
      transport: async () => ({ ok: true, value: { status: 200, headers: [], body } }),
      signatureEngine: {
        ...signatureEngine,
        verify: Object.assign(
          (...input: Parameters<VerifySignature>) =>
            isBroken() ? verify(...input) : signatureEngine.verify(...input),
          ofTexts && { ofTexts },
        ),
      },
    },
  });
  await verifier.ready();
  return verifier;
}

const failure = {
  kind: "unavailable",
  retryAfterSeconds: 1,
  detail: { code: "signature_engine_failed" },
  cause: planted,
};

describe.each(broken)("a signature engine that $name", ({ name, verify }) => {
  it("is a failure with a type, never a rejection: nobody can tell whether the token is good", async () => {
    const verifier = await setUp(verify);
    const headers: [string, string][] = [["Authorization", `Bearer ${tokenWith()}`]];

    const outcomes: Outcome[] = await Promise.all([
      verifier.verifyToken(tokenWith()),
      verifier.verifyToken(tokenWith()),
      verifier.verifyRequest({ method: "GET", url: "/", headers }),
    ]);

    for (const outcome of outcomes) {
      expect(outcome).toMatchObject(failure);
      expect(outcome.kind === "unavailable" && verifier.toResponse(outcome)).toMatchObject({
        status: 503,
      });
    }
    const code = name === "rejects" ? "must_wait" : "signature_engine_failed";
    expect(verifier.verifySync(tokenWith())).toMatchObject({ detail: { code } });
  });

  it("lets nobody in afterwards, and keeps nothing from before it is mended", async () => {
    let isBroken = true;
    // Of texts it would stay broken.
    const verifier = await setUp(
      (...input) => verify(...input),
      () => isBroken,
    );
    const token = tokenWith();
    const forged = `${token.slice(0, -8)}AAAAAAAA`;
    await verifier.verifyToken(token);

    isBroken = false;

    expect(await verifier.verifyToken(forged)).toMatchObject({ detail: { code: "signature" } });
    expect((await verifier.verifyToken(token)).kind).toBe("ok");
  });
});

it.each(broken.slice(0, 2))(
  "an engine that $name is explained with the verdict of the verification, and without the token",
  async ({ verify }) => {
    const verifier = await setUp(verify);
    const token = tokenWith();

    const explanation = await verifier.explain(token);

    expect(explanation).toMatchObject({
      verdict: { kind: "unavailable", code: "signature_engine_failed", retryAfterSeconds: 1 },
      decidedBy: "signature",
      isProven: false,
    });
    expect(inspect(explanation, { depth: 9 })).not.toContain(token.slice(-20));
  },
);

it("is a failure with a type where the engine breaks at a proof alone", async () => {
  let checks = 0;
  const verifier = await setUp(
    () => {
      throw planted;
    },
    () => {
      checks += 1;
      return checks > 1;
    },
  );
  const token = tokenWith({ cnf: { jkt: owner.jkt } });
  const headers: [string, string][] = [
    ["Authorization", `DPoP ${token}`],
    ["DPoP", owner.prove({ url: `${origin}/`, token })],
  ];

  expect(await verifier.verifyRequest({ method: "GET", url: "/", headers })).toMatchObject(failure);
  expect(checks).toBe(2);
});
