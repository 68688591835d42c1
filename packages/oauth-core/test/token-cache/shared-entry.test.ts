import type { AccessToken, Instant } from "@credicorp/oauth-core/token-cache";
import {
  ageMs,
  buildAccessToken,
  formatSharedToken,
  isNewer,
  isWorthTaking,
  parseSharedToken,
} from "@credicorp/oauth-core/token-cache";
import fc from "fast-check";
import { expect, it } from "vitest";

const writtenAt: Instant = { monotonicMs: 5_000_000, epochSeconds: 1_700_000_000 };
const requestedScope = ["decisions:read"];

function buildToken(value = "token", requestedAt = writtenAt): AccessToken {
  return buildAccessToken(
    { accessToken: value, tokenType: "Bearer", expiresInSeconds: 900, scope: undefined },
    { requestedAt, requestedScope },
  );
}

function readAfter(
  seconds: number,
  text = formatSharedToken(buildToken()),
): AccessToken | undefined {
  // A process that was started a second ago, on another machine.
  const now = { monotonicMs: 1000, epochSeconds: writtenAt.epochSeconds + seconds };
  return parseSharedToken(text, { requestedScope, now });
}

it("CLI-05 counts the age of another process's token by the wall clock, and from then on by both", () => {
  const token = readAfter(300);

  expect(token).toMatchObject({
    value: "token",
    authorization: "Bearer token",
    lifetimeMs: 900_000,
  });
  const jumpedBack = { monotonicMs: 1000 + 60_000, epochSeconds: writtenAt.epochSeconds };
  expect(ageMs(token as AccessToken, jumpedBack)).toBe(360_000);
});

it("CLI-05 takes a token from a clock that is a little ahead for one of now, and refuses one of the future", () => {
  expect(readAfter(-5)?.requestedAt).toEqual({
    monotonicMs: 1000,
    epochSeconds: writtenAt.epochSeconds - 5,
  });
  expect(readAfter(-5.1)).toBeUndefined();
});

it("CLI-18 reads nothing but what it writes", () => {
  const good = JSON.parse(formatSharedToken(buildToken())) as Record<string, unknown>;
  const changes: Record<string, readonly unknown[]> = {
    version: [0, 2, "1", undefined],
    value: ["", 1, undefined],
    tokenType: ["mac", "bearer", undefined],
    scope: ["a b", [1], undefined],
    requestedAt: ["1700000000", null, undefined],
    lifetimeMs: [0, -1, "900", null],
    lifetimeSource: ["guessed", undefined],
  };
  for (const [name, values] of Object.entries(changes)) {
    for (const value of values) {
      expect(readAfter(0, JSON.stringify({ ...good, [name]: value }))).toBeUndefined();
    }
  }
  expect(readAfter(0, JSON.stringify(good))).toEqual({
    ...buildToken(),
    requestedAt: { monotonicMs: 1000, epochSeconds: writtenAt.epochSeconds },
  });
  fc.assert(fc.property(fc.string(), (text) => readAfter(0, text) === undefined));
});

it("CLI-18 takes a token until callers would wait for another", () => {
  const token = buildToken();
  const after = (seconds: number): Instant => ({
    monotonicMs: writtenAt.monotonicMs + seconds * 1000,
    epochSeconds: writtenAt.epochSeconds + seconds,
  });

  expect(isWorthTaking(token, after(869))).toBe(true);
  expect(isWorthTaking(token, after(870))).toBe(false);
});

it("CLI-11 CLI-19 takes no token for newer than one that was asked for in the same moment, or later", () => {
  const older = buildToken("older");
  const newer = buildToken("newer", { ...writtenAt, epochSeconds: writtenAt.epochSeconds + 1 });

  expect([isNewer(newer, older), isNewer(newer, undefined)]).toEqual([true, true]);
  expect([
    isNewer(older, newer),
    isNewer(older, older),
    isNewer(older, buildToken("same")),
  ]).toEqual([false, false, false]);
});
