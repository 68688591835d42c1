import { setTimeout } from "node:timers/promises";

import type { Revocation } from "@credicorp/oauth-core";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import type { RevocationOptions } from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";
import { describe, expect, it } from "vitest";

import { createIssuerKey, startIssuer } from "./support/issuer.ts";
import type { FeedMode } from "./support/revocations.ts";
import { createTestFeed } from "./support/revocations.ts";
import { describeOutcome } from "./support/set-up.ts";

const revoked = "rejected: revoked";

/** A verifier that follows a feed, its keys at hand, and one good token. `patienceMs` is how long a wait really lasts. */
async function setUp(options: Partial<RevocationOptions> & { readonly patienceMs?: number } = {}) {
  const { patienceMs, ...revocations } = options;
  const waits: number[] = [];
  const key = createIssuerKey("k1");
  const issuer = await startIssuer([key]);
  issuer.cacheControl = "max-age=86400";
  const clock = createControlledClock(Math.floor(Date.now() / 1000));
  const feed = createTestFeed(clock);
  const verifier = createVerifier({
    issuer: issuer.url,
    audience: "https://api.example",
    revocations: { feed, ...revocations },
    ports: {
      clock,
      random: { fraction: () => 0.5 },
      ...(patienceMs !== undefined && {
        sleep: async (ms: number) => {
          waits.push(ms);
          await setTimeout(patienceMs);
        },
      }),
    },
  });
  const times = { iat: clock.now(), exp: clock.now() + 3600 };
  const sign = (change: object, header: object = {}): string =>
    key.sign(issuer.claims({ jti: "t1", ...times, ...change }), header);
  const token = sign({});
  const revoke = (jti = "t1"): Revocation => ({
    kind: "token",
    jti,
    expiresAt: clock.now() + 7200,
  });
  const verify = async (candidate: string = token): Promise<string> =>
    describeOutcome(await verifier.verifyToken(candidate));
  return { verifier, clock, feed, sign, revoke, verify, token, waits };
}

describe("revocations at a verifier", () => {
  it.each<{ name: string; revocation: (now: number) => Revocation }>([
    { name: "its token", revocation: (now) => ({ kind: "token", jti: "t1", expiresAt: now + 60 }) },
    {
      name: "its client",
      revocation: (now) => ({ kind: "client", clientId: "partner-1", notBefore: now + 1 }),
    },
    { name: "its key", revocation: () => ({ kind: "key", kid: "k1" }) },
  ])("REV-05 refuses a token with invalid_token once $name is revoked", async ({ revocation }) => {
    const { verifier, clock, feed, token, verify } = await setUp();
    expect(await verify()).toBe("ok");

    feed.appendSilently(revocation(clock.now()));
    clock.advance(5.001);
    const outcome = await verifier.verifyToken(token);

    expect(outcome).toMatchObject({ kind: "rejected", error: "invalid_token" });
    expect(describeOutcome(outcome)).toBe(revoked);
  });

  it("REV-05 accepts what was not revoked: other tokens, later tokens of the client, other keys", async () => {
    const { clock, feed, sign, revoke, verify } = await setUp();
    feed.appendSilently(revoke("t2"));
    feed.appendSilently({ kind: "client", clientId: "partner-1", notBefore: clock.now() });
    feed.appendSilently({ kind: "client", clientId: "partner-2", notBefore: clock.now() + 99 });
    feed.appendSilently({ kind: "key", kid: "k2" });

    expect(await verify()).toBe("ok");
    expect(await verify(sign({ jti: "t2" }))).toBe(revoked);
  });

  it("refuses a token that does not name its key once a key was revoked: it may be the stolen one", async () => {
    const { feed, sign, clock, verify } = await setUp();
    const nameless = sign({ jti: "t3" }, { kid: undefined });
    expect(await verify(nameless)).toBe("ok");

    feed.appendSilently({ kind: "key", kid: "k1" });
    clock.advance(6);

    expect(await verify(nameless)).toBe(revoked);
  });

  it("REV-05 keeps its word at the edge: a reading of the lag's age serves, an older one does not", async () => {
    const { clock, feed, revoke, verify } = await setUp({ lagSeconds: 10 });
    await verify();
    feed.appendSilently(revoke());

    clock.advance(5);
    expect([await verify(), feed.polls]).toEqual(["ok", 1]);
    clock.advance(5);
    feed.mode = "hangs";
    expect([await verify(), feed.polls]).toEqual(["ok", 2]);
    clock.advance(0.001);
    const waiting = verify();
    feed.release();
    expect([await waiting, feed.polls]).toEqual([revoked, 2]);
  });

  it("reads ahead in the background while it is used, so that nobody waits", async () => {
    const { clock, feed, revoke, verify } = await setUp();
    await verify();
    feed.appendSilently(revoke());
    feed.mode = "hangs";

    clock.advance(2.6);
    expect(await verify()).toBe("ok");
    feed.release();
    await setTimeout(1);

    expect([await verify(), feed.polls]).toEqual([revoked, 2]);
  });

  it("asks for the news alone, once it has read what there was", async () => {
    const { clock, feed, revoke, verify } = await setUp();
    feed.appendSilently(revoke("t2"));
    feed.appendSilently(revoke("t3"));
    await verify();
    clock.advance(6);
    await verify();

    expect(feed.cursors).toEqual([undefined, "2"]);
  });

  it("asks nobody while it is idle, and reads before it answers again", async () => {
    const { clock, feed, revoke, verify } = await setUp();
    await verify();
    feed.appendSilently(revoke());
    clock.advance(3600 - 10);
    await setTimeout(5);
    expect(feed.polls).toBe(1);

    expect([await verify(), feed.polls]).toEqual([revoked, 2]);
  });

  it("refuses at once what is pushed, without a poll", async () => {
    const { feed, revoke, verify } = await setUp();
    await verify();

    await feed.append(revoke());

    expect([await verify(), feed.polls, feed.subscribers]).toEqual([revoked, 1, 1]);
  });

  it("needs no push: a feed that can only be polled will do, and one whose push fails", async () => {
    const pushless = await setUp();
    const { clock, verify } = await setUp({
      feed: { poll: pushless.feed.poll },
    });
    const failing = await setUp({
      feed: {
        poll: pushless.feed.poll,
        subscribe: () => {
          throw new Error("no connection");
        },
      },
    });
    expect([await verify(), await failing.verify()]).toEqual(["ok", "ok"]);

    pushless.feed.appendSilently(pushless.revoke());
    for (const each of [clock, failing.clock]) each.advance(6);

    expect([await verify(), await failing.verify()]).toEqual([revoked, revoked]);
    expect(failing.verifier.health().revocations).toMatchObject({ phase: "current", failures: 0 });
  });

  it("reads once for many requests at once", async () => {
    const { clock, feed, revoke, verify } = await setUp();
    await Promise.all(Array.from({ length: 50 }, () => verify()));
    expect(feed.polls).toBe(1);

    feed.appendSilently(revoke());
    clock.advance(6);
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => verify()));

    expect([new Set(outcomes), feed.polls]).toEqual([new Set([revoked]), 2]);
  });

  it.each<FeedMode>(["throws", "rejects", "hangs", "garbage"])(
    "obeys what is known while the feed %s, says so, and recovers within the lag",
    async (mode) => {
      const { verifier, clock, feed, sign, revoke, verify } = await setUp({ patienceMs: 20 });
      const second = sign({ jti: "t2" });
      feed.appendSilently(revoke("t2"));
      expect([await verify(), await verify(second)]).toEqual(["ok", revoked]);

      feed.mode = mode;
      feed.appendSilently(revoke("t1"));
      clock.advance(6);
      expect([await verify(), await verify(second)]).toEqual(["ok", revoked]);
      expect(verifier.health().revocations).toMatchObject({
        phase: "degraded",
        failures: 1,
        lastFailure: mode === "hangs" ? "timeout" : "feed_failed",
        secondsSinceSuccess: 6,
      });

      feed.mode = "up";
      clock.advance(5.001);
      expect([await verify(), await verify(second)]).toEqual([revoked, revoked]);
      expect(verifier.health().revocations).toMatchObject({ phase: "current", failures: 0 });
    },
  );

  it("waits for a feed that hangs no longer than its time, and not again for each request", async () => {
    const { clock, feed, verify, waits } = await setUp({ patienceMs: 1 });
    feed.mode = "hangs";

    expect([await verify(), waits]).toEqual(["ok", [2500]]);
    for (let count = 0; count < 100; count += 1) expect(await verify()).toBe("ok");
    clock.advance(2.6);
    for (let count = 0; count < 100; count += 1) expect(await verify()).toBe("ok");

    // The first 100 asked nobody; of the next, one began a reading that nobody waited for.
    expect([feed.polls, waits]).toEqual([2, [2500]]);

    clock.advance(2.5);
    for (let count = 0; count < 100; count += 1) expect(await verify()).toBe("ok");
    expect(waits).toEqual([2500]);
  });

  it("uses an answer that comes too late", async () => {
    const { feed, revoke, verify } = await setUp({ patienceMs: 10 });
    feed.appendSilently(revoke());
    feed.mode = "hangs";
    expect(await verify()).toBe("ok");

    feed.release();
    await setTimeout(1);

    expect([await verify(), feed.polls]).toEqual([revoked, 1]);
  });

  it("asks a feed that fails no more than twice in the lag, however many requests come", async () => {
    const { clock, feed, verify } = await setUp();
    feed.mode = "throws";

    for (let count = 0; count < 100; count += 1) {
      expect(await verify()).toBe("ok");
      clock.advance(0.1);
    }

    expect(feed.polls).toBeGreaterThan(2);
    expect(feed.polls).toBeLessThanOrEqual(5);
  });

  it("answers unavailable after the longest outage that it may bear, and good again afterwards", async () => {
    const { verifier, clock, feed, token, sign, revoke, verify } = await setUp({
      maxOutageSeconds: 60,
    });
    feed.appendSilently(revoke("t2"));
    await verify();
    feed.mode = "rejects";

    clock.advance(59.9);
    expect(await verify()).toBe("ok");
    clock.advance(10);
    const outcome = await verifier.verifyToken(token);
    expect(outcome).toMatchObject({
      kind: "unavailable",
      retryAfterSeconds: 3,
      detail: { code: "revocations_unavailable" },
    });
    expect(outcome.kind === "ok" || verifier.toResponse(outcome).status).toBe(503);
    expect(await verify(sign({ jti: "t2" }))).toBe(revoked);

    feed.mode = "up";
    clock.advance(6);
    expect(await verify()).toBe("ok");
  });

  it("lets nobody in on a feed that never answered, where no outage may be borne", async () => {
    const { feed, verify } = await setUp({ maxOutageSeconds: 0 });
    feed.mode = "rejects";

    expect(await verify()).toBe("unavailable: revocations_unavailable");
  });

  it("REV-05 without a lag reads for every token, and for none with what was begun before it came", async () => {
    const { feed, revoke, verify } = await setUp({ lagSeconds: 0 });
    expect([await verify(), await verify(), feed.polls]).toEqual(["ok", "ok", 2]);

    feed.mode = "hangs";
    const early = verify();
    await setTimeout(5);
    const late = verify();
    await setTimeout(5);
    feed.release();
    feed.mode = "up";
    feed.appendSilently(revoke());

    expect(await late).toBe(revoked);
    await early;
  });

  it("grows its generation with what it learns, and with nothing else", async () => {
    const { verifier, clock, feed, revoke, verify } = await setUp();
    const generations: unknown[] = [];
    const note = (): void => void generations.push(verifier.health().revocations?.generation);
    note();
    await verify();
    note();
    await feed.append(revoke());
    note();
    clock.advance(6);
    await verify();
    note();

    expect(generations).toEqual([0, 0, 1, 1]);
  });

  it("loads what was revoked before the first request, and starts without a feed too", async () => {
    const { verifier, feed, revoke, verify } = await setUp();
    feed.appendSilently(revoke());
    expect(verifier.health().revocations?.phase).toBe("unread");

    await verifier.ready();
    expect(verifier.health().revocations).toMatchObject({ phase: "current", size: 1 });
    expect([await verify(), feed.polls]).toEqual([revoked, 1]);

    const other = await setUp();
    other.feed.mode = "rejects";
    await other.verifier.ready();
    expect(other.verifier.health().revocations?.phase).toBe("degraded");
  });

  it("asks and hears nothing more once it is closed, and forgets nothing", async () => {
    const { verifier, clock, feed, sign, revoke, verify } = await setUp();
    feed.appendSilently(revoke());
    await verify();

    verifier.close();
    await feed.append(revoke("t2"));
    clock.advance(100);

    expect([await verify(), await verify(sign({ jti: "t2" }))]).toEqual([revoked, "ok"]);
    expect([feed.polls, feed.subscribers]).toEqual([1, 0]);
  });

  it("says nothing of revocations where there is no feed", async () => {
    const verifier = createVerifier({ issuer: "https://as.example", audience: null });

    expect(verifier.health().revocations).toBeUndefined();
  });

  it.each([
    ["revocations", null],
    ["revocations", "feed"],
    ["revocations.feed", {}],
    ["revocations.feed", { feed: {} }],
    ["revocations.feed", { feed: { poll: () => undefined, subscribe: true } }],
    ["revocations.lagSeconds", { lagSeconds: -1 }],
    ["revocations.lagSeconds", { lagSeconds: 301 }],
    ["revocations.lagSeconds", { lagSeconds: "5" }],
    ["revocations.lagSeconds", { lagSeconds: NaN }],
    ["revocations.maxOutageSeconds", { maxOutageSeconds: -1 }],
    ["revocations.maxOutageSeconds", { maxOutageSeconds: 86_401 }],
  ])("names the option %s when it is wrong: %o", async (option, given) => {
    const feed = createTestFeed(createControlledClock());
    const revocations =
      option.includes(".") && !option.endsWith("feed") ? { feed, ...(given as object) } : given;

    expect(() =>
      createVerifier({
        issuer: "https://as.example",
        audience: null,
        revocations: revocations as RevocationOptions,
      }),
    ).toThrow(expect.objectContaining({ option }));
  });
});
