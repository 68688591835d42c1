import type { Freshness } from "@credicorp/oauth-core/token-cache";
import { buildAccessToken, freshnessOf, planRefresh } from "@credicorp/oauth-core/token-cache";
import fc from "fast-check";
import { expect, it } from "vitest";

const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

it("CLI-01 plans in fractions of the life, from one second to a day", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 86_400 }),
      fraction,
      fc.boolean(),
      (seconds, drawn, isFirst) => {
        const lifetimeMs = seconds * 1000;

        const plan = planRefresh(lifetimeMs, { fraction: drawn, isFirst });

        expect(plan.ageingAfterMs).toBeGreaterThanOrEqual(
          lifetimeMs * (isFirst ? 0.2 : 0.7) - 1e-6,
        );
        expect(plan.ageingAfterMs).toBeLessThanOrEqual(lifetimeMs * 0.8 + 1e-6);
        expect(plan.urgentAfterMs).toBeGreaterThan(plan.ageingAfterMs);
        expect(lifetimeMs - plan.urgentAfterMs).toBeLessThanOrEqual(
          Math.min(30_000, lifetimeMs * 0.1) + 1e-6,
        );
        expect(plan.spentAfterMs).toBe(lifetimeMs);
      },
    ),
  );
});

it("CLI-07 spreads the first refresh of a fleet over most of the life, later ones over a tenth", () => {
  const draws = Array.from({ length: 1000 }, (_, index) => index / 1000);
  const spread = (isFirst: boolean): number => {
    const moments = draws.map(
      (drawn) => planRefresh(900_000, { fraction: drawn, isFirst }).ageingAfterMs,
    );
    return (Math.max(...moments) - Math.min(...moments)) / 900_000;
  };

  expect(spread(true)).toBeCloseTo(0.6, 2);
  expect(spread(false)).toBeCloseTo(0.1, 2);
});

it.each<[number, Freshness]>([
  [0, "fresh"],
  [699_999, "fresh"],
  [700_000, "ageing"],
  [969_999, "ageing"],
  [970_000, "urgent"],
  [999_999, "urgent"],
  [1_000_000, "spent"],
])("is at %d ms of a life of 1000 s %s", (age, freshness) => {
  const response = {
    accessToken: "t",
    tokenType: "Bearer",
    expiresInSeconds: 1000,
    scope: undefined,
  } as const;
  const requestedAt = { monotonicMs: 0, epochSeconds: 0 };
  const token = buildAccessToken(response, { requestedAt, requestedScope: [] });
  const schedule = planRefresh(token.lifetimeMs, { fraction: 0, isFirst: false });

  expect(freshnessOf({ token, schedule }, { monotonicMs: age, epochSeconds: age / 1000 })).toBe(
    freshness,
  );
});
