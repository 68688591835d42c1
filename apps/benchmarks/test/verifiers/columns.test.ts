import type { VerifierFindings } from "@credicorp/benchmarks";
import { findVerifierFaults } from "@credicorp/benchmarks";
import { expect, it } from "vitest";

const none = { accepted: 0, refused: 0, unavailable: 0, fetches: 0 };
const accepted = (calls: number) => ({ ...none, calls, accepted: calls });
const best: VerifierFindings = {
  cold: { ...accepted(50), fetches: 1 },
  outage: { ...accepted(200), fetches: 5 },
  longOutage: { ...none, calls: 10, unavailable: 10 },
  afterOutage: accepted(10),
  flood: { ...none, calls: 200, refused: 200, fetches: 4 },
  newKeyAfterSeconds: 0,
  newKeyInFloodAfterSeconds: 30,
  replacedKey: { newAcceptedAfterSeconds: 600, oldAcceptedForSeconds: 600 },
  removedKeyAcceptedForSeconds: 600,
};

it("finds nothing to better in the best", () => {
  expect(findVerifierFaults(best)).toEqual([]);
});

const { cold, outage, longOutage, afterOutage, flood, replacedKey } = best;
const worse: readonly (readonly [string, Partial<VerifierFindings>])[] = [
  ["two fetches of cold callers", { cold: { ...cold, fetches: 2 } }],
  ["a cold caller who is refused", { cold: { ...cold, accepted: 49, refused: 1 } }],
  ["a fetch too many in an outage", { outage: { ...outage, fetches: 6 } }],
  ["a token that an outage refuses", { outage: { ...outage, accepted: 199, refused: 1 } }],
  ["keys without end", { longOutage: { ...longOutage, accepted: 10, unavailable: 0 } }],
  ["an outage for a bad token", { longOutage: { ...longOutage, refused: 10, unavailable: 0 } }],
  ["an outage that goes on", { afterOutage: { ...afterOutage, accepted: 9, unavailable: 1 } }],
  ["a fetch too many in a flood", { flood: { ...flood, fetches: 5 } }],
  ["a strange key that is accepted", { flood: { ...flood, accepted: 1, refused: 199 } }],
  ["a new key that waits", { newKeyAfterSeconds: 1 }],
  ["a new key that waits for a flood", { newKeyInFloodAfterSeconds: 31 }],
  ["a new key that a flood keeps out", { newKeyInFloodAfterSeconds: undefined }],
  ["an old key for long", { replacedKey: { ...replacedKey, oldAcceptedForSeconds: 601 } }],
  ["a replacement that waits", { replacedKey: { ...replacedKey, newAcceptedAfterSeconds: 601 } }],
  ["a removed key for long", { removedKeyAcceptedForSeconds: 601 }],
  ["a removed key for ever", { removedKeyAcceptedForSeconds: undefined }],
];

it.each(worse)("finds %s, and that alone", (_name, change) => {
  expect(findVerifierFaults({ ...best, ...change })).toHaveLength(1);
});
