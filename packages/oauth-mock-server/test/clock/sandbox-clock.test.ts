import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";

import { createControlledClock } from "@credicorp/oauth-core/testing";
import type { Duration, Sandbox, SandboxClock } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";

import { isActive, requestToken } from "../support/partner-token.ts";
import { tokenRequest } from "../support/requests.ts";

const startAt = 1_700_000_000;

async function setUp(): Promise<{
  readonly sandbox: Sandbox;
  readonly clock: SandboxClock;
  readonly base: ReturnType<typeof createControlledClock>;
}> {
  const base = createControlledClock(startAt);
  const sandbox = await createSandbox({ clock: base });
  return { sandbox, clock: sandbox.clock, base };
}

async function hasEnded(promise: Promise<void>): Promise<boolean> {
  const later = new Promise<boolean>((resolve) => setImmediate(() => resolve(false)));
  return Promise.race([promise.then(() => true), later]);
}

describe("the sandbox's clock", () => {
  it("says what its base says until it is moved", async () => {
    const { clock, base } = await setUp();

    base.advance(0.1);

    expect(clock.now()).toBe(base.now());
    expect(clock.monotonicMs()).toBe(base.monotonicMs());
  });

  it.each<[Duration, number]>([
    [1500, 1.5],
    ["500ms", 0.5],
    ["90s", 90],
    ["16m", 960],
    ["2h", 7200],
    ["1.5d", 129_600],
    ["0s", 0],
  ])("advances all time by %j", async (duration, seconds) => {
    const { clock } = await setUp();
    const [now, monotonicMs] = [clock.now(), clock.monotonicMs()];

    clock.advance(duration);

    expect(clock.now() - now).toBe(seconds);
    expect(clock.monotonicMs() - monotonicMs).toBe(seconds * 1000);
  });

  it.each(["16 m", "16", "m", "1w", "", "1e3s", "Infinityd", "-1s", NaN, -1, 1e15])(
    "refuses to advance by %j, and says what to write",
    async (duration) => {
      const { clock } = await setUp();

      expect(() => clock.advance(duration as Duration)).toThrow(/duration|advances/);
      expect(clock.now()).toBe(startAt);
    },
  );

  it("takes durations that are typed", () => {
    expectTypeOf<"16m">().toExtend<Duration>();
    expectTypeOf<"16 minutes">().not.toExtend<Duration>();
  });

  it("stands still while it is frozen, moves when it is told, and goes on from there", async () => {
    const { clock, base } = await setUp();

    clock.freeze();
    base.advance(100);
    expect([clock.now(), clock.state().isFrozen]).toEqual([startAt, true]);
    clock.advance("16m");
    expect(clock.now()).toBe(startAt + 960);
    clock.resume();
    base.advance(1);

    expect([clock.now(), clock.monotonicMs()]).toEqual([startAt + 961, 961_000]);
  });

  it.each([
    ["seconds", 1_800_000_000],
    ["a date", new Date("2027-01-15T08:00:00Z")],
    ["text", "2027-01-15T09:00:00+01:00"],
  ])("goes to an instant given as %s", async (_name, instant) => {
    const { clock } = await setUp();

    clock.set(instant);

    expect(clock.now()).toBe(1_800_000_000);
    expect(clock.monotonicMs()).toBe(100_000_000_000);
  });

  it.each(["tomorrow", "2027-01-15", "2027-01-15T09:00:00", NaN, -1, 1_800_000_000_000])(
    "refuses %j as an instant",
    async (instant) => {
      const { clock } = await setUp();

      expect(() => clock.set(instant)).toThrow(/instant/);
    },
  );

  it("turns the wall clock back, and no budget with it", async () => {
    const { clock } = await setUp();
    clock.advance("1h");

    clock.set(startAt);

    expect([clock.now(), clock.monotonicMs()]).toEqual([startAt, 3_600_000]);
  });

  it("differs by its skew, which replaces the one before", async () => {
    const { clock } = await setUp();

    clock.skew("-412s");
    expect(clock.now()).toBe(startAt - 412);
    clock.skew("5m");
    expect([clock.now(), clock.monotonicMs()]).toEqual([startAt + 300, 0]);
    clock.skew(0);

    expect(clock.now()).toBe(startAt);
  });

  it("resets to its base, and not what has passed already", async () => {
    const { clock, base } = await setUp();
    clock.advance("1h");
    clock.skew("1m");
    clock.freeze();
    base.advance(5);

    clock.reset();

    expect(clock.state()).toEqual({ now: base.now(), isFrozen: false, offsetMs: 0, skewMs: 0 });
    expect(clock.monotonicMs()).toBe(3_600_000);
  });

  it("decides when tokens expire, when budgets are whole again, and what the Date is", async () => {
    const { sandbox, clock } = await setUp();
    const token = await requestToken(sandbox);
    const limited = sandbox.clients.get("partner-limited");
    const ask = async (): Promise<number> =>
      (await sandbox.fetch("/partner/v1/oauth/token", tokenRequest(limited))).status;

    expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 429]);
    clock.advance("30s");
    expect(await ask()).toBe(200);
    clock.advance("869s");
    expect(await isActive(sandbox, token)).toBe(true);
    clock.advance("1s");
    expect(await isActive(sandbox, token)).toBe(false);
    const { headers } = await sandbox.fetch("/.well-known/jwks.json");
    expect(headers.get("date")).toBe("Tue, 14 Nov 2023 22:28:20 GMT");
  });

  it("ends a secret, and brings one into force", async () => {
    const { sandbox, clock } = await setUp();
    const old = sandbox.clients.get("partner-basic");
    const notBefore = clock.now() + 60;
    const next = await sandbox.clients.rotateSecret(old.id, { overlapSeconds: 60, notBefore });
    const ask = async (secret: string): Promise<number> => {
      const request = tokenRequest({ ...old, secret });
      return (await sandbox.fetch("/partner/v1/oauth/token", request)).status;
    };

    expect([await ask(old.secret), await ask(next.secret)]).toEqual([200, 401]);
    clock.advance("60s");
    expect([await ask(old.secret), await ask(next.secret)]).toEqual([200, 200]);
    clock.advance("60s");
    expect([await ask(old.secret), await ask(next.secret)]).toEqual([401, 200]);
  });

  it("wakes those who wait, whichever of the two times has come", async () => {
    const { clock } = await setUp();
    const byAdvance = clock.sleep(60_000);
    const bySkew = clock.sleep(120_000);

    clock.advance("59s");
    expect(await hasEnded(byAdvance)).toBe(false);
    clock.advance("1s");
    expect([await hasEnded(byAdvance), await hasEnded(bySkew)]).toEqual([true, false]);
    clock.skew("1m");

    expect(await hasEnded(bySkew)).toBe(true);
  });

  it("lets nobody wait for nothing, nor after they have given up", async () => {
    const { clock } = await setUp();
    const giveUp = new AbortController();
    const waiting = clock.sleep(60_000, giveUp.signal);

    expect(await hasEnded(clock.sleep(0))).toBe(true);
    expect(await hasEnded(waiting)).toBe(false);
    giveUp.abort();
    expect(await hasEnded(waiting)).toBe(true);
    expect(await hasEnded(clock.sleep(60_000, giveUp.signal))).toBe(true);
  });

  it("waits by real time while it is not moved", async () => {
    await using sandbox = await createSandbox();
    const { clock } = sandbox;
    const before = { wallMs: clock.now() * 1000, monotonicMs: clock.monotonicMs() };

    await clock.sleep(20);

    // Whichever of the two comes first ends it, and the wall clock of the machine is one of whole milliseconds.
    const passedMs = Math.max(
      clock.now() * 1000 - before.wallMs,
      clock.monotonicMs() - before.monotonicMs,
    );
    expect(passedMs).toBeGreaterThan(19.9);
  });

  it("rotates the keys of a sandbox that listens, when they are due by its time", async () => {
    const keyRotation = { everySeconds: 3600, announceSeconds: 600 };
    await using sandbox = await createSandbox({ keyRotation });
    await sandbox.listen();
    const rotated = new Promise<void>((resolve) => {
      sandbox.audit.subscribe((event) => {
        if (event.type === "signing_key_rotated" && event.by === "schedule") resolve();
      });
    });
    // The first look at the keys is over.
    await new Promise((resolve) => setImmediate(resolve));

    sandbox.clock.advance("50m");
    await rotated;

    expect((await sandbox.keys.list()).map(({ phase }) => phase)).toContain("announced");
  });

  it("never runs back, and stands still exactly while it is frozen, whatever is done", () => {
    const amount = fc.double({ min: 0, max: 1e9, noNaN: true });
    const step = fc.oneof(
      fc.record({ kind: fc.constant("pass" as const), amount }),
      fc.record({ kind: fc.constant("advance" as const), amount }),
      fc.record({ kind: fc.constant("skew" as const), amount }),
      fc.record({ kind: fc.constant("set" as const), amount }),
      fc.record({ kind: fc.constantFrom("freeze" as const, "resume" as const, "reset" as const) }),
    );
    return fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { clock, base } = await shared;
        clock.reset();
        let before = clock.monotonicMs();
        for (const one of steps) {
          const wasFrozenAt = clock.state().isFrozen ? clock.now() : undefined;
          if (one.kind === "pass") base.advance(one.amount / 1000);
          else if (one.kind === "set") clock.set(one.amount);
          else if (one.kind === "advance" || one.kind === "skew") clock[one.kind](one.amount);
          else clock[one.kind]();
          const times = [clock.now(), clock.monotonicMs()];
          const mustStand = one.kind === "pass" && wasFrozenAt !== undefined;
          expect(times).toEqual(mustStand ? [wasFrozenAt, before] : times);
          expect(clock.monotonicMs()).toBeGreaterThanOrEqual(before);
          before = clock.monotonicMs();
        }
      }),
    );
  });
});

const shared = setUp();
