import { describe, expect, it } from "vitest";

import {
  createMemoryRateLimiter,
  createMemoryRecordStore,
  createMemoryReplayStore,
  createMemoryRevocationFeed,
} from "@credicorp/oauth-core/authorization-server";
import type { CountedRecord } from "@credicorp/oauth-core/testing";
import {
  createControlledClock,
  rateLimiterContract,
  recordStoreContract,
  replayStoreContract,
  revocationFeedContract,
} from "@credicorp/oauth-core/testing";

function setUpTime(): {
  clock: ReturnType<typeof createControlledClock>;
  wait: (seconds: number) => Promise<void>;
  now: () => number;
} {
  const clock = createControlledClock();
  return { clock, wait: async (seconds) => clock.advance(seconds), now: clock.now };
}

describe("RL-05 memory rate limiter", () => {
  it.each(rateLimiterContract)("$name", async ({ run }) => {
    const { clock, wait } = setUpTime();

    await expect(
      run({ rateLimiter: createMemoryRateLimiter(clock), wait }),
    ).resolves.toBeUndefined();
  });

  it("the contract notices a limiter that loses updates", async () => {
    const real = createMemoryRateLimiter(createControlledClock());
    const forgetful = {
      ...real,
      take: async (key: string, ...rest: [never, never]) =>
        real.take(`${key} ${Math.random()}`, ...rest),
    };
    const outcomes = await Promise.allSettled(
      rateLimiterContract.map(({ run }) =>
        run({ rateLimiter: forgetful as typeof real, wait: async () => undefined }),
      ),
    );

    expect(outcomes.filter(({ status }) => status === "rejected").length).toBeGreaterThan(1);
  });
});

describe("memory replay store", () => {
  it.each(replayStoreContract)("$name", async ({ run }) => {
    const { clock, ...time } = setUpTime();

    await expect(
      run({ replayStore: createMemoryReplayStore(clock), ...time }),
    ).resolves.toBeUndefined();
  });
});

describe("memory record store", () => {
  it.each(recordStoreContract)("$name", async ({ run }) => {
    await expect(run(createMemoryRecordStore<CountedRecord>())).resolves.toBeUndefined();
  });
});

describe("memory revocation feed", () => {
  it.each(revocationFeedContract)("$name", async ({ run }) => {
    const { clock, ...time } = setUpTime();

    await expect(
      run({ revocationFeed: createMemoryRevocationFeed(clock), ...time }),
    ).resolves.toBeUndefined();
  });

  it("forgets tokens that have expired", async () => {
    const { clock, now } = setUpTime();
    const feed = createMemoryRevocationFeed(clock);
    for (let index = 0; index < 1023; index += 1) {
      await feed.append({ kind: "token", jti: `old ${index}`, expiresAt: now() + 10 });
    }

    clock.advance(10);
    await feed.append({ kind: "token", jti: "new", expiresAt: now() + 10 });

    expect((await feed.poll(undefined)).revocations).toHaveLength(1);
  });
});
