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
      for (let left = model.waiting; left > 0; left -= 1)
        apply({ kind: "leave", reason: "aborted" }, model, machine);
      // Longer than any token lives, so that a held one cannot hide a machine that is stuck.
      apply({ kind: "advance", seconds: 90_000 }, model, machine);

      expect(callersUntilToken(machine, model, { hanging, isShared })).toBeLessThanOrEqual(3);
    }),
    settings,
  );
});

it("CLI-09 CLI-15 a healthy server always leads to a token, with one request and within a minute", () => {
  fc.assert(
    fc.property(history, fraction, fc.boolean(), (steps, drawn, isLost) => {
      const machine = startMachine({ fraction: drawn });
      const model = createModel();
      for (const command of steps) apply(command, model, machine);
      const sentBefore = machine.sent();
      const startedAtMs = machine.now().monotonicMs;
      if (isLost) apply({ kind: "lose" }, model, machine);

      getToken(machine, model);

      expect(machine.now().monotonicMs - startedAtMs).toBeLessThanOrEqual(maxRecoveryMs);
      expect(machine.sent() - sentBefore).toBeLessThanOrEqual(isLost ? 2 : 1);
    }),
    settings,
  );
});

// The longest that a server may ask for.
const maxRecoveryMs = 60_000;

/** Calls until there is a token, as the refusals say; the server answers every request at once. */
function getToken(machine: TestMachine, model: Model): void {
  for (let call = 1; call <= 3; call += 1) {
    const delivered = machine.delivered().length;
    switch (machine.want(machine.now().monotonicMs + 2 * maxRecoveryMs)) {
      case "serve":
        return;
      case "refuse":
        machine.advance((machine.refusal()?.retryAfterMs ?? 0) / 1000);
        break;
      case "join":
        if (!machine.isSending()) machine.wake();
        machine.receive({ value: "healthy", seconds: 900 });
        if (machine.delivered().length > delivered) return;
    }
  }
  throw new Error(`No token after three calls; ${model.waiting} waited before`);
}

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
    if (model.waiting > 0) apply({ kind: "leave", reason: "aborted" }, model, machine);
    const { retryAfterMs = 0 } = machine.refusal() ?? {};
    if (machine.refusal() !== refusedFor) {
      apply({ kind: "advance", seconds: retryAfterMs / 1000 }, model, machine);
    }
  }
  return Infinity;
}
