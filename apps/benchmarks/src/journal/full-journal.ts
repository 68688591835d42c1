import { fork } from "node:child_process";
import { once } from "node:events";

import type { Benchmark } from "../benchmark.ts";

const entries = 10_000;
const requestsPerRound = 6000;

interface JournalProcess {
  readonly measure: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

/** Tokens without a port, by a sandbox that remembers 10,000 requests and by one that remembers the last. */
export const fullJournal: Benchmark = {
  name: "tokens issued in process, 10,000 requests in the journal",
  unit: "tokens/s of CPU",
  limit: "the same with one request in the journal",
  band: { typical: 1, min: 0.9, max: 1.2 },
  start: async () => {
    const [ours, limit] = await Promise.all([startProcess(entries), startProcess(1)]);
    return {
      measureOurs: ours.measure,
      measureLimit: limit.measure,
      close: async () => {
        await Promise.all([ours.stop(), limit.stop()]);
      },
    };
  },
};

/** In processes of their own: the garbage collector of one would take the time of the other. */
async function startProcess(maxEntries: number): Promise<JournalProcess> {
  const child = fork(new URL("./journal-process.js", import.meta.url), [String(maxEntries)]);
  const exited = once(child, "exit");
  const receive = async (): Promise<Readonly<Record<string, number>>> => {
    const first: unknown[] = await Promise.race([once(child, "message"), exited]);
    const [message] = first;
    if (typeof message === "object" && message !== null) return message as Record<string, number>;
    throw new Error("The sandbox of the journal ended");
  };
  const { entries: filled } = await receive();
  if (filled !== maxEntries) throw new Error(`The journal has ${filled} entries`);
  return {
    measure: async () => {
      child.send(requestsPerRound);
      const { cpuMicroseconds = Number.NaN } = await receive();
      return (requestsPerRound * 1_000_000) / cpuMicroseconds;
    },
    stop: async () => {
      child.kill();
      await exited;
    },
  };
}
