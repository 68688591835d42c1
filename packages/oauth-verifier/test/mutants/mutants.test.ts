import fc from "fast-check";

import * as node from "@credicorp/oauth-runtime";
import * as portable from "@credicorp/oauth-runtime/portable";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import type { Verifier } from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";
import { expect, it } from "vitest";

import { claims, header } from "../vectors/base-token.ts";
import { vectorSigner } from "../vectors/vector-signer.ts";
import { createSeededRandom } from "./seeded-random.ts";
import type { Mutant, MutationContext } from "./token-mutants.ts";
import { mutations } from "./token-mutants.ts";

const isLong = process.env["CREDICORP_TEST_LONG"] === "1";
const total = isLong ? 1_000_000 : 20_000;
const batchSize = 250;

// RSA signs slowly, so it has the smaller part.
const algorithms = ["RS256", "PS256", "ES256", "ES256", "ES256", "Ed25519", "Ed25519", "Ed25519"];
const names = Object.keys(mutations);

interface Source extends Omit<MutationContext, "random" | "good" | "segments"> {
  readonly tokens: readonly string[];
}

interface Engine {
  readonly verifier: Verifier;

  /** How often a signature has been checked. */
  readonly checks: () => number;
}

interface Tally {
  mutants: number;
  reached: number;
  accepted: number;
}

const sources = new Map(algorithms.map((alg) => [alg, createSource(alg)]));

function createSource(alg: string): Source {
  const signer = vectorSigner(alg, { reusesSignatures: false });
  const attacker = vectorSigner(`attacker${alg}`, { reusesSignatures: false });
  const tokens = Array.from({ length: 50 }, (_, index) =>
    signer.jws(header(alg), { ...claims, jti: `good-${index}`, x: "y".repeat(index % 7) }),
  );
  return { alg, signer, attacker, tokens };
}

function createEngine({ bytes, signatureEngine }: typeof node | typeof portable): Engine {
  let checks = 0;
  const { ofTexts } = signatureEngine.verify;
  const keys = [...sources.values()].map(({ signer }) => signer.publicJwk);
  const body = bytes.encodeUtf8(JSON.stringify({ keys }));
  const verifier = createVerifier({
    issuer: claims.iss,
    audience: claims.aud,
    jwksUri: `${claims.iss}/jwks`,
    ports: {
      bytes,
      clock: createControlledClock(1_800_000_000),
      transport: async () => ({ ok: true, value: { status: 200, headers: [], body } }),
      signatureEngine: {
        importVerificationKey: signatureEngine.importVerificationKey,
        // Of bytes and of texts, as the engine offers it.
        verify: Object.assign(
          (...input: Parameters<typeof signatureEngine.verify>) => {
            checks += 1;
            return signatureEngine.verify(...input);
          },
          ofTexts && {
            ofTexts: (...input: Parameters<typeof ofTexts>) => {
              checks += 1;
              return ofTexts(...input);
            },
          },
        ),
      },
    },
  });
  return { verifier, checks: () => checks };
}

async function verdict({ verifier }: Engine, token: string): Promise<string> {
  const outcome = await verifier.verifyToken(token);
  return outcome.kind === "ok" ? "ok" : `${outcome.kind} ${outcome.detail.code}`;
}

function printMix(tallies: ReadonlyMap<string, Tally>, seed: number): void {
  const lines = [...tallies].map(
    ([name, { mutants, reached, accepted }]) =>
      `${name.padEnd(34)}${[mutants, reached, accepted].map((n) => String(n).padStart(9)).join("")}`,
  );
  console.log(`seed ${seed}\n${"class".padEnd(36)}mutants  checked accepted\n${lines.join("\n")}`);
}

it(
  `ATK-01 ATK-05 ATK-07 ATK-19 ATK-22 ATK-31 accepts no mutant of a good token with either engine, of ${total}`,
  async () => {
    const seed = fc.readConfigureGlobal().seed ?? 0;
    const random = createSeededRandom(seed);
    const engines = [createEngine(node), createEngine(portable)] as const;
    const tallies = new Map<string, Tally>(
      names.map((name) => [name, { mutants: 0, reached: 0, accepted: 0 }]),
    );
    const wrong: string[] = [];

    const makeMutant = (): Mutant & { readonly name: string } => {
      const source = sources.get(random.pick(algorithms))!;
      const good = random.pick(source.tokens);
      const segments = good.split(".") as unknown as MutationContext["segments"];
      const name = random.pick(names);
      const { token, isGood } = mutations[name]!({ ...source, random, good, segments });
      return { name, token, isGood: isGood || token === good };
    };

    for (let made = 0; made < total; made += batchSize) {
      const mutants = Array.from({ length: batchSize }, makeMutant);
      const later = Promise.all(mutants.map(async ({ token }) => verdict(engines[1], token)));
      const verdicts: string[] = [];
      for (const { name, token } of mutants) {
        const before = engines[0].checks();
        verdicts.push(await verdict(engines[0], token));
        const tally = tallies.get(name)!;
        tally.mutants += 1;
        tally.reached += engines[0].checks() - before;
        if (verdicts.at(-1) === "ok") tally.accepted += 1;
      }
      const others = await later;
      for (const [index, { name, token, isGood }] of mutants.entries()) {
        const [first, second] = [verdicts[index], others[index]];
        // Refused for a reason: an outage would refuse whatever it is asked.
        const isRight = isGood ? first === "ok" : first?.startsWith("rejected ") === true;
        if (!isRight || first !== second) wrong.push(`${name}: ${first}, ${second}: ${token}`);
      }
    }

    printMix(tallies, seed);
    const all = [...tallies.values()];
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(all.every(({ mutants }) => mutants > 0)).toBe(true);
    expect(tallies.get("untouched")?.accepted).toBe(tallies.get("untouched")?.mutants);
    expect(all.reduce((sum, { reached }) => sum + reached, 0) / total).toBeGreaterThan(0.3);
  },
  isLong ? undefined : 120_000,
);
