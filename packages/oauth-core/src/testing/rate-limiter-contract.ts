import type { RateLimit, RateLimiter } from "../ports.ts";
import type { ContractCase, Wait } from "./contract.ts";
import { assertSame } from "./contract.ts";

/** An adapter under test; its keys are its own. */
export interface RateLimiterSubject {
  readonly rateLimiter: RateLimiter;
  readonly wait: Wait;
}

const limit: RateLimit = { limit: 5, windowSeconds: 5 };

/** What every {@link RateLimiter} does. */
export const rateLimiterContract: readonly ContractCase<RateLimiterSubject>[] = [
  {
    name: "allows a burst of the limit and refuses the next request",
    run: async ({ rateLimiter }) => {
      const verdicts: boolean[] = [];
      for (let count = 0; count < 6; count += 1) {
        verdicts.push((await rateLimiter.take("burst", limit, 1)).allowed);
      }
      assertSame(verdicts, [true, true, true, true, true, false], "verdicts");
    },
  },
  {
    name: "counts down what remains, and says when a refused caller may come back",
    run: async ({ rateLimiter }) => {
      const first = await rateLimiter.take("countdown", limit, 1);
      assertSame([first.remaining, first.retryAfterSeconds], [4, 0], "after the first request");
      for (let count = 0; count < 4; count += 1) await rateLimiter.take("countdown", limit, 1);
      const refused = await rateLimiter.take("countdown", limit, 1);
      assertSame([refused.allowed, refused.remaining], [false, 0], "the sixth request");
      const isSound = refused.retryAfterSeconds > 0 && refused.retryAfterSeconds <= 1.001;
      assertSame(isSound, true, "the wait is at most one interval");
    },
  },
  {
    name: "charges nothing when it only looks",
    run: async ({ rateLimiter }) => {
      for (let count = 0; count < 20; count += 1) await rateLimiter.take("look", limit, 0);
      assertSame((await rateLimiter.take("look", limit, 1)).remaining, 4, "remaining");
    },
  },
  {
    name: "charges nothing for a refused request",
    run: async ({ rateLimiter, wait }) => {
      for (let count = 0; count < 30; count += 1) await rateLimiter.take("refused", limit, 1);
      await wait(1.05);
      assertSame((await rateLimiter.take("refused", limit, 1)).allowed, true, "after an interval");
    },
  },
  {
    name: "keeps keys apart",
    run: async ({ rateLimiter }) => {
      for (let count = 0; count < 5; count += 1) await rateLimiter.take("one", limit, 1);
      assertSame((await rateLimiter.take("other", limit, 1)).allowed, true, "the other key");
    },
  },
  {
    name: "loses no request among many at once",
    run: async ({ rateLimiter }) => {
      const wide: RateLimit = { limit: 100, windowSeconds: 1000 };
      const states = await Promise.all(
        Array.from({ length: 1000 }, async () => rateLimiter.take("crowd", wide, 1)),
      );
      assertSame(states.filter(({ allowed }) => allowed).length, 100, "allowed of 1000");
    },
  },
];
