import type { Benchmark } from "../benchmark.ts";
import { createHoldingClient } from "./benchmark-tokens.ts";

const callsPerRound = 300_000;

/** The token that is held, over and over, as calls ask for it. */
export const heldToken: Benchmark = {
  name: "held token, getToken()",
  unit: "tokens/s",
  limit: "an async function that reads a property and the clock",
  band: { typical: 1.1, min: 0.6, max: 2 },
  start: async () => {
    const client = await createHoldingClient("https://hub.example");
    const held = holdToken();
    return {
      measureOurs: () => measureAsync(() => client.getToken()),
      measureLimit: () => measureAsync(held.readAsync),
      close: () => client.close(),
    };
  },
};

/** The same without a promise. */
export const heldTokenAtOnce: Benchmark = {
  name: "held token, peekToken()",
  unit: "tokens/s",
  limit: "a function that reads a property and the clock",
  band: { typical: 1, min: 0.6, max: 2 },
  start: async () => {
    const client = await createHoldingClient("https://hub.example");
    const held = holdToken();
    return {
      measureOurs: async () => measureSync(() => client.peekToken()),
      measureLimit: async () => measureSync(held.read),
      close: () => client.close(),
    };
  },
};

interface Held {
  readonly value: string;
}

function holdToken(): {
  readonly read: () => Held | undefined;
  readonly readAsync: () => Promise<Held | undefined>;
} {
  const held = { token: { value: "x".repeat(900) }, freshUntilMs: performance.now() + 3_600_000 };
  const read = (): Held | undefined =>
    performance.now() < held.freshUntilMs ? held.token : undefined;
  return { read, readAsync: async () => read() };
}

async function measureAsync(read: () => Promise<Held | undefined>): Promise<number> {
  let length = 0;
  const startedAtMs = performance.now();
  for (let count = 0; count < callsPerRound; count += 1) {
    length += (await read())?.value.length ?? 0;
  }
  return rateOf(length, startedAtMs);
}

function measureSync(read: () => Held | undefined): number {
  let length = 0;
  const startedAtMs = performance.now();
  for (let count = 0; count < callsPerRound; count += 1) length += read()?.value.length ?? 0;
  return rateOf(length, startedAtMs);
}

/** The sum keeps the optimiser from dropping the calls. */
function rateOf(length: number, startedAtMs: number): number {
  if (length !== callsPerRound * 900) throw new Error("A token is missing");
  return (callsPerRound * 1000) / (performance.now() - startedAtMs);
}
