import type { SignatureAlgorithm } from "@credicorp/oauth-core";
import * as node from "@credicorp/oauth-runtime";
import * as portable from "@credicorp/oauth-runtime/portable";
import type { Verifier } from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createIssuerKey } from "./support/issuer.ts";
import { mutations, partsOf } from "./support/mutants.ts";
import { describeOutcome } from "./support/set-up.ts";

const issuer = "https://as.example";
const now = Math.floor(Date.now() / 1000);
const claims = {
  iss: issuer,
  sub: "partner-1",
  client_id: "partner-1",
  aud: "https://api.example",
  scope: "decisions:read",
  iat: now,
  exp: now + 3600,
  jti: "1",
  name: "Zoë",
};

const algorithms = [
  "RS256",
  "PS256",
  "ES256",
  "ES384",
  "Ed25519",
] as const satisfies readonly SignatureAlgorithm[];

function createEngineVerifier(
  jwk: object,
  engine: Pick<typeof node, "bytes" | "signatureEngine">,
): { readonly verifier: Verifier; readonly checks: () => number } {
  let checks = 0;
  const body = Buffer.from(JSON.stringify({ keys: [jwk] }));
  const verifier = createVerifier({
    issuer,
    audience: "https://api.example",
    algorithms,
    jwksUri: `${issuer}/jwks`,
    maxCacheBytes: null,
    ports: {
      ...engine,
      transport: async () => ({ ok: true, value: { status: 200, headers: [], body } }),
      signatureEngine: {
        ...engine.signatureEngine,
        verify: (...input) => {
          checks += 1;
          return engine.signatureEngine.verify(...input);
        },
      },
    },
  });
  return { verifier, checks: () => checks };
}

/** As many as are verified at once where a check is slow. */
function crowdOf(token: string): readonly string[] {
  return Array.from({ length: 2 }, () => token);
}

/** With the engine that a verifier has by default, nothing put in its way. */
function createOwnVerifier(jwk: object): Verifier {
  const body = Buffer.from(JSON.stringify({ keys: [jwk] }));
  return createVerifier({
    issuer,
    audience: "https://api.example",
    algorithms,
    jwksUri: `${issuer}/jwks`,
    maxCacheBytes: null,
    ports: { transport: async () => ({ ok: true, value: { status: 200, headers: [], body } }) },
  });
}

describe.each(algorithms)("both engines, %s", (algorithm) => {
  it("ATK-07 ATK-08 ATK-09 ATK-19 give the same verdict on every mutant, and accept none but twins", async () => {
    const key = createIssuerKey("k", algorithm);
    const good = key.sign(claims);
    const onNode = createEngineVerifier(key.jwk, node);
    const anywhere = createEngineVerifier(key.jwk, portable);
    const asItIs = createOwnVerifier(key.jwk);
    const accepted = new Map<string, number>();
    let mutants = 0;

    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(mutations)),
        fc.nat({ max: 1_000_000 }),
        async (name, draw) => {
          const mutant = mutations[name]?.(partsOf(good), draw) ?? "";
          mutants += 1;

          const atOnce = onNode.verifier.verifyToken(mutant);
          const [left, right, own, ...crowd] = await Promise.all([
            atOnce,
            anywhere.verifier.verifyToken(mutant),
            asItIs.verifyToken(mutant),
            // Good ones before it, so that ES384 is verified on the thread pool.
            ...[...crowdOf(good), mutant].map((token) => asItIs.verifyToken(token)),
          ]);

          expect(left).toEqual(right);
          expect(own).toEqual(right);
          expect(crowd.at(-1)).toEqual(right);
          expect(asItIs.verifySync(mutant)).toEqual(right);
          if (describeOutcome(left) === "ok" && mutant !== good) {
            accepted.set(name, (accepted.get(name) ?? 0) + 1);
          }
        },
      ),
      // A check of this one takes ten times as long.
      { numRuns: algorithm === "ES384" ? 100 : 600 },
    );

    // The twin of an ECDSA signature is as good as the signature itself.
    expect([...accepted.keys()].filter((name) => name !== "the other s")).toEqual([]);
    expect(accepted.has("the other s")).toBe(algorithm === "ES256");
    expect(onNode.checks()).toBe(anywhere.checks());
    expect(onNode.checks()).toBeGreaterThan(mutants * 0.3);
  }, 60_000);
});
