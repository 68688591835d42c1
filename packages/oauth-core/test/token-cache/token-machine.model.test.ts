import fc from "fast-check";
import { expect, it } from "vitest";
import type { TestMachine } from "./machine.ts";
import { startMachine } from "./machine.ts";
import type { Model } from "./token-model.ts";
import { apply, createModel, step } from "./token-model.ts";

const history = fc.array(step, { maxLength: 120, size: "max" });
const fraction = fc.double({ min: 0, max: 0.999, noNaN: true });
const settings = { numRuns: Math.max(500, fc.readConfigureGlobal().numRuns ?? 0) };

it("CLI-10 CLI-12 CLI-13 CLI-29 keeps its promises over random histories", () => {
  fc.assert(
    fc.property(history, fraction, (steps, drawn) => {
      const machine = startMachine({ fraction: drawn });
      const model = createModel();
      for (const command of steps) apply(command, model, machine);

      expect(machine.state().waiting).toBe(model.waiting);
    }),
    settings,
  );
});

it("CLI-09 CLI-14 CLI-18 leads from every state to a token, as soon as the server answers, or another process shares", () => {
  fc.assert(
    fc.property(history, fraction, fc.boolean(), (steps, drawn, isShared) => {
      const machine = startMachine({ fraction: drawn });
      const model = createModel();
      for (const command of steps) apply(command, model, machine);
      // What is in flight now hangs for good; whoever waits will have lost patience.
      const hanging = model.inFlight;
      for (let left = model.waiting; left > 0; left -= 1) apply({ kind: "leave" }, model, machine);
      // Longer than any token lives, so that a held one cannot hide a machine that is stuck.
      apply({ kind: "advance", seconds: 90_000 }, model, machine);

      expect(callersUntilToken(machine, model, { hanging, isShared })).toBeLessThanOrEqual(3);
    }),
    settings,
  );
});

/** Sends in one caller after the other, with a server that answers every new request at once. */
function callersUntilToken(
  machine: TestMachine,
  model: Model,
  { hanging, isShared }: { readonly hanging: number | undefined; readonly isShared: boolean },
): number {
  for (let caller = 1; caller <= 10; caller += 1) {
    const delivered = machine.delivered().length;
    const refusedFor = machine.refusal();
    apply({ kind: "want", patienceMs: 30_000 }, model, machine);
    for (let turn = 0; turn < 5 && model.waiting > 0; turn += 1) {
      if (model.inFlight === undefined) apply({ kind: "advance", seconds: 31 }, model, machine);
      else if (model.inFlight !== hanging)
        apply({ kind: "receive", seconds: 900, isShared }, model, machine);
    }
    if (machine.delivered().length > delivered) return caller;
    if (model.waiting > 0) apply({ kind: "leave" }, model, machine);
    const { retryAfterMs = 0 } = machine.refusal() ?? {};
    if (machine.refusal() !== refusedFor) {
      apply({ kind: "advance", seconds: retryAfterMs / 1000 }, model, machine);
    }
  }
  return Infinity;
}
