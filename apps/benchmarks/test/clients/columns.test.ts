import type { Findings } from "@credicorp/benchmarks";
import { findFaults } from "@credicorp/benchmarks";
import { expect, it } from "vitest";

const one = (calls: number) => ({ calls, served: calls, tokenRequests: 1 });
const unseen = { calls: 3, served: 3, unhandledRejections: 0, events: ["degraded"] };
const best: Findings = {
  cold: one(50),
  revokedTogether: one(50),
  revokedStaggered: one(50),
  shortLived: one(10),
  unknownLifetime: { ...one(5), keptForEver: false, events: ["lifetime_guessed"] },
  secretSeenIn: [],
  outage: [unseen, unseen],
};

it("finds nothing to better in the best", () => {
  expect(findFaults(best)).toEqual([]);
});

const { unknownLifetime } = best;
const two = { ...one(50), tokenRequests: 2 };
const worse: readonly (readonly [string, Partial<Findings>])[] = [
  ["two requests of cold callers", { cold: two }],
  ["a cold caller who fails", { cold: { ...one(50), served: 49 } }],
  ["no request, and no call that succeeds", { cold: { ...one(50), served: 0, tokenRequests: 0 } }],
  ["two requests for a revoked token", { revokedTogether: two }],
  ["two requests when the refusals come late", { revokedStaggered: two }],
  ["two requests for short-lived tokens", { shortLived: two }],
  ["a token for ever", { unknownLifetime: { ...unknownLifetime, keptForEver: true } }],
  ["a guess that nobody hears of", { unknownLifetime: { ...unknownLifetime, events: [] } }],
  ["a secret in a log", { secretSeenIn: ["JSON"] }],
  ["a call that an outage fails", { outage: [unseen, { ...unseen, served: 2 }] }],
  ["an unhandled rejection", { outage: [{ ...unseen, unhandledRejections: 1 }, unseen] }],
  ["an outage that nobody hears of", { outage: [{ ...unseen, events: [] }, unseen] }],
];

it.each(worse)("finds %s, and that alone", (_name, change) => {
  expect(findFaults({ ...best, ...change })).toHaveLength(1);
});
