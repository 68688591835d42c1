import { NetworkError } from "@credicorp/oauth-core";
import { expect, it } from "vitest";
import { startMachine } from "./machine.ts";

it("CLI-02 reports a life that was read from the token", () => {
  const machine = startMachine();
  machine.want();
  const claims = btoa(JSON.stringify({ exp: machine.now().epochSeconds + 600 }));

  const effects = machine.receive({ value: `e30.${claims.replaceAll("=", "")}.c2ln` });

  expect(effects).toContainEqual({
    kind: "report",
    report: { type: "lifetime_guessed", lifetimeSource: "jwt_exp", lifetimeSeconds: 600 },
  });
});

it("CLI-06 asks at most once a second though each token is another one, and nearly dead", () => {
  const machine = startMachine();

  for (let step = 0; step < 300; step += 1) {
    machine.want();
    // Nine tenths of its life are over when it comes.
    if (machine.isSending()) {
      machine.receive({ value: `token ${step}`, seconds: 20, ageSeconds: 19 });
    }
    machine.advance(0.01);
  }

  expect(machine.sent()).toBeLessThanOrEqual(4);
});

it("CLI-06 waits longer, the longer the token lives that a server gives again and again", () => {
  const machine = startMachine();
  machine.want();
  machine.receive({ value: "same", seconds: 900 });
  machine.advance(880);

  // 20 s are left: another try each time that half of what was left has passed, and not each second.
  for (let second = 0; second < 18; second += 1) {
    machine.want();
    if (machine.isSending()) {
      machine.receive({ value: "same", seconds: 900, ageSeconds: 880 + second });
    }
    machine.advance(1);
  }

  expect(machine.sent()).toBeLessThanOrEqual(6);
});

it("CLI-09 tries again within the life of a short token, however often it has failed", () => {
  const machine = startMachine();
  machine.want();
  machine.receive({ seconds: 60 });

  for (let second = 0; second < 58; second += 1) {
    machine.advance(1);
    machine.want();
    if (machine.isSending()) machine.fail(new NetworkError("unreachable"));
  }

  // With the pauses of a long token, 1 s growing to 30 s, it would be tried about five times.
  expect(machine.sent()).toBeGreaterThan(8);
});

it("CLI-12 does not publish a refresh that began before the rejection in place of the one after it", () => {
  const machine = startMachine();
  machine.want();
  machine.receive({ value: "old", seconds: 900 });
  machine.advance(800);
  machine.want();
  const early = machine.generation();
  machine.drop("rejected", "old");
  machine.want();

  machine.receive({ value: "minted too early", seconds: 900, generation: early });

  expect(machine.isSending()).toBe(true);
  machine.receive({ value: "new", seconds: 900 });
  expect(machine.delivered()).toEqual(["old", "new"]);
});

it("CLI-14 keeps the token of a stopped request that arrives all the same, unless something has happened since", () => {
  const stop = (): ReturnType<typeof startMachine> => {
    const machine = startMachine();
    machine.want();
    machine.leave();
    return machine;
  };
  const kept = stop();
  const replaced = stop();
  const generation = replaced.generation();

  kept.receive({ value: "late", seconds: 900 });
  replaced.want();
  replaced.receive({ value: "late", seconds: 900, generation });

  expect(kept.want()).toBe("serve");
  expect(kept.sent()).toBe(1);
  expect(kept.reports()).toEqual(["obtained"]);
  expect(replaced.state().held).toBeUndefined();
  expect(replaced.isSending()).toBe(true);
});

it("CLI-12 CLI-14 does not keep the token of a stopped request that began before a rejection", () => {
  const machine = startMachine();
  machine.want();
  machine.receive({ value: "old", seconds: 900 });
  machine.advance(880);
  machine.want();
  machine.leave();
  machine.drop("rejected", "old");

  machine.receive({ value: "minted too early", seconds: 900, generation: 2 });

  expect(machine.state().held).toBeUndefined();
});

it("CLI-15 makes the request again for those who wait when whoever made it is gone, and for nobody else", () => {
  const machine = startMachine();
  machine.want();

  machine.step({ kind: "lost" });

  expect(machine.sent()).toBe(2);
  expect(machine.state().outage).toBeUndefined();
  machine.receive({ value: "first", seconds: 900 });
  machine.step({ kind: "lost" });
  machine.advance(800);
  expect(machine.want()).toBe("serve");
  machine.step({ kind: "lost" });
  expect(machine.isSending()).toBe(false);
  expect(machine.want()).toBe("serve");
  expect(machine.sent()).toBe(4);
});

it("CLI-14 lets a request go on whose last caller ran out of time, so that a slow server gets to answer", () => {
  const machine = startMachine();
  machine.want();

  machine.leave("timeout");

  expect(machine.isSending()).toBe(true);
  expect(machine.want()).toBe("join");
  expect(machine.sent()).toBe(1);
  machine.leave("aborted");
  expect(machine.isSending()).toBe(false);
});
