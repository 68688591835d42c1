import { describe, expect, it } from "vitest";

import {
  createMemoryRateLimiter,
  createMemoryRecordStore,
  createMemoryReplayStore,
  createMemoryRevocationFeed,
} from "@credicorp/oauth-core/authorization-server";
import type { RateLimitState } from "@credicorp/oauth-core";
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

describe("the memory of a limiter and of a replay store", () => {
  // Whether something is forgotten shows when the clock is set back: what is remembered counts again.
  it("RL-05 lets go of budgets that are whole again, and keeps those in use", () => {
    const limit = { limit: 1, windowSeconds: 10 };
    let now = 0;
    const { take } = createMemoryRateLimiter({ monotonicMs: () => now * 1000 });
    const used = (key: string): boolean => !(take(key, limit, 0) as RateLimitState).allowed;
    void take("old", limit, 1);
    now = 5;
    void take("young", limit, 1);
    now = 12;
    for (let index = 0; index < 1100; index += 1) void take(`key ${index}`, limit, 1);

    expect([used("young"), used("key 0"), used("key 1099")]).toEqual([true, true, true]);
    now = 1;
    expect([used("old"), used("young")]).toEqual([false, true]);
  });

  it("RL-05 lets go again and again, as more come", () => {
    const limit = { limit: 1, windowSeconds: 10 };
    let now = 0;
    const { take } = createMemoryRateLimiter({ monotonicMs: () => now * 1000 });
    for (let round = 0; round < 5; round += 1) {
      now = round * 20;
      for (let index = 0; index < 1100; index += 1) void take(`${round} ${index}`, limit, 1);
    }
    now = 0;

    const remembered = Array.from({ length: 5 * 1100 }, (_, index) => index).filter((index) => {
      const key = `${Math.floor(index / 1100)} ${index % 1100}`;
      return !(take(key, limit, 0) as RateLimitState).allowed;
    });

    expect(remembered.length).toBeLessThan(2500);
    expect(remembered.length).toBeGreaterThanOrEqual(1100);
  });

  it("JWT-04 DPOP-05 lets go of what would be refused for its age, and of nothing else", () => {
    const clock = createControlledClock();
    const start = clock.now();
    const { putIfAbsent } = createMemoryReplayStore(clock);
    void putIfAbsent("old", start + 10);
    void putIfAbsent("young", start + 100);
    clock.advance(10);
    for (let index = 0; index < 1100; index += 1) void putIfAbsent(`key ${index}`, start + 100);

    expect([putIfAbsent("young", start + 100), putIfAbsent("key 0", start + 100)]).toEqual([
      false,
      false,
    ]);
    clock.setNow(start);
    expect(putIfAbsent("old", start + 10)).toBe(true);
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
