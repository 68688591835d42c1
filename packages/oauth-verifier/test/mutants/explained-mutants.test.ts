import fc from "fast-check";

import * as node from "@credicorp/oauth-runtime";
import * as portable from "@credicorp/oauth-runtime/portable";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import type { TokenExplanation, Verifier } from "@credicorp/oauth-verifier";
import { createVerifier, formatExplanation } from "@credicorp/oauth-verifier";
import { expect, it } from "vitest";

import { claims, header } from "../vectors/base-token.ts";
import { vectorSigner } from "../vectors/vector-signer.ts";
import { createSeededRandom } from "./seeded-random.ts";
import type { MutationContext } from "./token-mutants.ts";
import { mutations } from "./token-mutants.ts";

const perAlgorithm = process.env["CREDICORP_TEST_LONG"] === "1" ? 20_000 : 600;
const algorithms = ["RS256", "PS256", "ES256", "Ed25519"];
const names = Object.keys(mutations);

const codes: Readonly<Record<string, string>> = {
  form: "malformed",
  type: "type",
  algorithm: "algorithm",
  key: "key_not_found",
  signature: "signature",
  claims: "claims",
  issuer: "issuer",
  audience: "audience",
  expiry: "expired",
  not_before: "not_yet_valid",
  confirmation: "confirmation",
};

function createEngine(
  { bytes, signatureEngine }: typeof node | typeof portable,
  publicJwks: readonly unknown[],
): Verifier {
  const body = bytes.encodeUtf8(JSON.stringify({ keys: publicJwks }));
  return createVerifier({
    issuer: claims.iss,
    audience: claims.aud,
    jwksUri: `${claims.iss}/jwks`,
    ports: {
      bytes,
      signatureEngine,
      clock: createControlledClock(1_800_000_000),
      transport: async () => ({ ok: true, value: { status: 200, headers: [], body } }),
    },
  });
}

/** What the first check that was not passed says, in the words of an outcome. */
function decidedBy({ checks, decidedBy: name }: TokenExplanation): string {
  const first = checks.find(({ status }) => status !== "passed" && status !== "not_asked");
  expect(first?.name).toBe(name);
  return name === undefined ? "ok" : `rejected ${codes[name]}`;
}

it.each([
  ["node", node],
  ["portable", portable],
] as const)(
  "RS-06 explains each mutant of a good token by the check that refuses it, with the %s engine",
  async (_name, engine) => {
    const random = createSeededRandom(fc.readConfigureGlobal().seed ?? 0);
    const signers = algorithms.map((alg) => ({
      alg,
      signer: vectorSigner(alg, { reusesSignatures: false }),
      attacker: vectorSigner(`attacker${alg}`, { reusesSignatures: false }),
    }));
    const verifier = createEngine(
      engine,
      signers.map(({ signer }) => signer.publicJwk),
    );
    const decided = new Map<string, number>();

    for (const source of signers) {
      const good = source.signer.jws(header(source.alg), claims);
      const segments = good.split(".") as unknown as MutationContext["segments"];
      for (let made = 0; made < perAlgorithm; made += 1) {
        const { token } = mutations[random.pick(names)]!({ ...source, random, good, segments });
        const outcome = await verifier.verifyToken(token);
        const explanation = await verifier.explain(token);
        const { verdict } = explanation;

        const given = outcome.kind === "ok" ? "ok" : `${outcome.kind} ${outcome.detail.code}`;
        const explained = verdict.kind === "ok" ? "ok" : `${verdict.kind} ${verdict.code}`;
        expect([explained, decidedBy(explanation)], token).toEqual([given, given]);
        expect(showsPartOf(token, explanation), token).toBe(false);
        decided.set(given, (decided.get(given) ?? 0) + 1);
      }
    }

    // Mutants of every kind of refusal that the generator knows, and controls.
    expect([...decided.keys()]).toEqual(
      expect.arrayContaining([
        "ok",
        ...["malformed", "type", "algorithm", "key_not_found", "signature"].map(
          (code) => `rejected ${code}`,
        ),
        ...["claims", "issuer", "audience"].map((code) => `rejected ${code}`),
      ]),
    );
  },
  120_000,
);

/** Tells whether 12 characters of the payload or of the signature are in it anywhere. */
function showsPartOf(token: string, explanation: TokenExplanation): boolean {
  const texts = JSON.stringify(explanation) + formatExplanation(explanation);
  const [, ...secret] = token.split(".");
  return secret.some((segment) => {
    for (let at = 0; at + 12 <= segment.length; at += 12) {
      if (texts.includes(segment.slice(at, at + 12))) return true;
    }
    return false;
  });
}
