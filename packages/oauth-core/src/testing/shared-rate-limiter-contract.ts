import type { RateLimit } from "../ports.ts";
import { assertSame } from "./contract.ts";
import type { RateLimiterSubject } from "./rate-limiter-contract.ts";
import type { SharedContractCase } from "./shared-contract.ts";
import { numberNames } from "./shared-contract.ts";

// Nothing of these budgets comes back while a test runs.
const crowdLimit: RateLimit = { limit: 100, windowSeconds: 1_000_000 };
const smallLimit: RateLimit = { limit: 3, windowSeconds: 100_000 };
const keys = numberNames("key", 40);

/** What every {@link RateLimiter} does that several processes share. */
export const sharedRateLimiterContract: readonly SharedContractCase<RateLimiterSubject>[] = [
  {
    name: "allows all processes together the limit, and no more",
    work: async ({ rateLimiter }) => {
      const allowed: string[] = [];
      for (let count = 0; count < 150; count += 1) {
        if ((await rateLimiter.take("crowd", crowdLimit, 1)).allowed) allowed.push("crowd");
      }
      return allowed;
    },
    check: async (results, { rateLimiter }) => {
      assertSame(results.flat().length, 100, "allowed in all processes");
      assertSame((await rateLimiter.take("crowd", crowdLimit, 1)).allowed, false, "one more");
    },
  },
  {
    name: "allows each of many new keys its limit, whichever process asks",
    work: async ({ rateLimiter }) => {
      const allowed: string[] = [];
      for (const key of keys) {
        for (let count = 0; count < 3; count += 1) {
          if ((await rateLimiter.take(key, smallLimit, 1)).allowed) allowed.push(key);
        }
      }
      return allowed;
    },
    check: async (results) => {
      const all = results.flat();
      const wrong = keys.filter((key) => all.filter((other) => other === key).length !== 3);
      assertSame(wrong, [], "keys not allowed exactly their limit");
    },
  },
];
