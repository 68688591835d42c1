import type { Outcome, Verifier } from "@credicorp/oauth-verifier";

import type { Band, Benchmark } from "../benchmark.ts";
import { checkOutcome, createBenchmarkVerifier } from "./benchmark-verifier.ts";
import { measureEach } from "./cpu-rate.ts";
import { fastJwtVerifier } from "./peer-verifiers.ts";
import { asReceived, createTokenSigner } from "./signed-tokens.ts";

const tokensPerRound = 20_000;

interface Scene {
  readonly name: string;
  readonly band: Band;

  /** How many tokens are in use. */
  readonly live: number;

  /** Which of them comes next; `step` counts up. */
  readonly draw: (step: number, live: number) => number;

  /** Verifies by a function that answers at once, or in a promise. */
  readonly verify: (verifier: Verifier) => (token: string) => Outcome | Promise<Outcome>;
}

const inTurn: Scene["draw"] = (step, live) => step % live;

// Popularity by Zipf's law with exponent 1: the logarithm of the rank is spread evenly.
const byZipf: Scene["draw"] = (_step, live) => Math.floor(live ** Math.random()) - 1;

/** 1,000 tokens come in turn, and are verified at once. */
export const seenAgainAtOnce: Benchmark = seenAgain({
  name: "tokens seen again, 1,000 in turn, verifySync()",
  band: { typical: 0.55, min: 0.3, max: 1.2 },
  live: 1000,
  draw: inTurn,
  verify: ({ verifySync }) => verifySync,
});

/** The same in promises. */
export const seenAgainLater: Benchmark = seenAgain({
  name: "tokens seen again, 1,000 in turn, verifyToken()",
  band: { typical: 0.36, min: 0.2, max: 1 },
  live: 1000,
  draw: inTurn,
  verify: ({ verifyToken }) => verifyToken,
});

/** More tokens than any cache of the processor holds, most of them rare. */
export const seenAgainByZipf: Benchmark = seenAgain({
  name: "tokens seen again, 100,000 by Zipf, verifySync()",
  band: { typical: 0.7, min: 0.4, max: 1.3 },
  live: 100_000,
  draw: byZipf,
  verify: ({ verifySync }) => verifySync,
});

/** Tokens that have all been verified before, each time in a new string, as HTTP delivers them. */
function seenAgain({ name, band, live, draw, verify }: Scene): Benchmark {
  return {
    name,
    unit: "tokens/s of CPU",
    limit: "a Map by the last 24 characters, then === on the whole token",
    band,
    start: async () => {
      const signer = createTokenSigner("ES256");
      const verifier = await createBenchmarkVerifier([signer.publicJwk], {
        maxCacheBytes: 2 ** 30,
      });
      const verifyOurs = verify(verifier);
      const fastJwt = fastJwtVerifier(signer, live * 2);
      const known = signer.makeTokens(live).map((token) => Buffer.from(token));
      const receive = (): readonly string[] =>
        Array.from({ length: tokensPerRound }, (_, step) =>
          asReceived(known[draw(step, live)] ?? ""),
        );
      const byTail = new Map<string, { readonly token: string }>();
      for (const token of known.map(asReceived)) {
        byTail.set(token.slice(-24), { token });
        await verifyOurs(token);
        fastJwt(token);
      }
      return {
        measureLimit: () =>
          measureEach(receive(), {
            act: (token) => {
              const entry = byTail.get(token.slice(-24));
              return entry !== undefined && entry.token === token;
            },
            check: (isKnown) => {
              if (!isKnown) throw new Error("A token is lost");
            },
          }),
        measureOurs: () => measureEach(receive(), { act: verifyOurs, check: checkOutcome }),
        measurePeers: {
          "fast-jwt with its cache": () =>
            measureEach(receive(), { act: fastJwt, check: () => undefined }),
        },
        close: async () => verifier.close(),
      };
    },
  };
}
