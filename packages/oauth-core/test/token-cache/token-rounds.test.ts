import { NetworkError } from "@credicorp/oauth-core";
import { expect, it } from "vitest";
import { startMachine } from "./machine.ts";

const dead = new NetworkError("unreachable");

it("CLI-09 begins to count anew after a success, which it reports once", () => {
  const machine = startMachine();
  machine.want();
  machine.fail(dead);
  machine.wake();
  machine.receive({ seconds: 60 });
  machine.advance(60);
  machine.want();
  machine.receive({ value: "second", seconds: 60 });
  machine.advance(60);
  const since = machine.now().epochSeconds;
  machine.want();

  machine.fail(dead);

  expect(machine.state().outage).toMatchObject({ attempts: 1, since, roundTries: 1 });
  expect(machine.reports()).toEqual(["obtained", "recovered", "obtained"]);
});

it("CLI-09 ends a round when nobody waits for its next try, and says so to the next caller at once", () => {
  const machine = startMachine();
  machine.want();
  machine.leave("timeout");

  machine.fail(dead);

  expect(machine.wakesAtMs()).toBeUndefined();
  expect(machine.want()).toBe("refuse");
  machine.advance(1);
  expect(machine.want()).toBe("join");
});

it("CLI-09 tries again for callers whose token ran out during a pause, and does not refuse them", () => {
  const machine = startMachine();
  machine.want();
  machine.receive({ seconds: 900 });
  machine.advance(899.5);
  machine.want();
  machine.fail(dead);
  machine.advance(0.5);

  expect(machine.want()).toBe("join");
  machine.wake();

  expect(machine.isSending()).toBe(true);
});

it("CLI-15 makes the same try again, and no further one, for a request that was lost", () => {
  const machine = startMachine();
  machine.want();
  machine.fail(dead);
  machine.wake();

  machine.step({ kind: "lost" });

  expect(machine.state().request).toMatchObject({ attempt: 2, isBackground: false });
  machine.fail(dead);
  machine.wake();
  machine.fail(dead);
  expect(machine.errors()).toEqual([dead]);
});

it("CLI-28 a token that was good for a minute ends the streak, when it is rejected", () => {
  const machine = startMachine();
  const reject = (ageSeconds: number): "keep" | "dropped" => {
    machine.want();
    if (machine.isSending()) machine.receive({ value: `token ${machine.sent()}`, seconds: 900 });
    machine.advance(ageSeconds);
    return machine.drop("rejected");
  };
  // Long enough that a rejection after 70 s is still of the same streak.
  for (let call = 0; call < 10; call += 1) reject(call < 3 ? 0 : 31);
  expect(machine.state().streak.count).toBeGreaterThan(7);

  expect(reject(70)).toBe("dropped");
  expect(machine.state().streak.count).toBe(1);
  expect(reject(0)).toBe("dropped");
});
