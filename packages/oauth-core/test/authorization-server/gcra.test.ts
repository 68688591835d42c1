import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { addressBlock, stepGcra } from "@credicorp/oauth-core/authorization-server";

const limits = fc.record({
  limit: fc.integer({ min: 1, max: 1000 }),
  windowSeconds: fc.integer({ min: 1, max: 3600 }),
});

describe("GCRA", () => {
  it("allows exactly the limit at once, whatever the limit", () => {
    fc.assert(
      fc.property(limits, fc.double({ min: 0, max: 1e8, noNaN: true }), (limit, now) => {
        let fullAt: number | undefined;
        let allowed = 0;
        for (let count = 0; count < limit.limit + 5; count += 1) {
          const step = stepGcra(limit, { fullAt, now, cost: 1 });
          fullAt = step.fullAt;
          allowed += Number(step.state.allowed);
          expect(step.state.remaining).toBe(Math.max(0, limit.limit - allowed));
        }
        expect(allowed).toBe(limit.limit);
      }),
    );
  });

  it("never allows more than twice the limit in a window", () => {
    const gaps = fc.array(fc.double({ min: 0, max: 30, noNaN: true }), { maxLength: 200 });
    fc.assert(
      fc.property(limits, gaps, (limit, waits) => {
        let now = 0;
        let fullAt: number | undefined;
        const passed: number[] = [];
        for (const wait of waits) {
          now += wait;
          const step = stepGcra(limit, { fullAt, now, cost: 1 });
          fullAt = step.fullAt;
          if (step.state.allowed) passed.push(now);
        }
        for (const end of passed) {
          const inWindow = passed.filter((at) => at > end - limit.windowSeconds && at <= end);
          expect(inWindow.length).toBeLessThanOrEqual(limit.limit * 2);
        }
      }),
    );
  });

  it("lets a refused caller pass after the wait that it was told, and no sooner", () => {
    fc.assert(
      fc.property(limits, (limit) => {
        let fullAt: number | undefined;
        for (let count = 0; count < limit.limit; count += 1) {
          fullAt = stepGcra(limit, { fullAt, now: 0, cost: 1 }).fullAt;
        }
        const { state } = stepGcra(limit, { fullAt, now: 0, cost: 1 });

        expect(state.allowed).toBe(false);
        const early = state.retryAfterSeconds * 0.8;
        expect(stepGcra(limit, { fullAt, now: early, cost: 1 }).state.allowed).toBe(false);
        expect(
          stepGcra(limit, { fullAt, now: state.retryAfterSeconds, cost: 1 }).state.allowed,
        ).toBe(true);
      }),
    );
  });
});

describe("addressBlock", () => {
  it.each([
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["2001:0DB8:0000:0000:ffff::", "2001:db8:0:0::/64"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["64:ff9b::192.0.2.1", "64:ff9b:0:0::/64"],
    ["192.0.2.1:50123", "192.0.2.1"],
    ["192.0.2.1:", "192.0.2.1"],
    ["[2001:db8::1]:50123", "2001:db8:0:0::/64"],
    ["[2001:db8::1]", "2001:db8:0:0::/64"],
    ["[::ffff:192.0.2.1]:50123", "192.0.2.1"],
    ["::ffff:c000:201", "192.0.2.1"],
    ["::FFFF:C000:0201", "192.0.2.1"],
    ["0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1"],
    ["0000:0000:0000:0000:0000:ffff:c000:0201", "192.0.2.1"],
    ["::ffff:0:0", "0.0.0.0"],
    ["::fffe:c000:201", "0:0:0:0::/64"],
    ["unknown", "unknown"],
    ["[", "["],
    ["", ""],
  ])("puts %s into %s", (address, block) => {
    expect(addressBlock(address)).toBe(block);
  });
});
