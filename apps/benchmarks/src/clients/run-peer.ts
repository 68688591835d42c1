import { fork } from "node:child_process";
import { once } from "node:events";

import type { Findings } from "./findings.ts";

/** What a process of one library tells. */
export interface PeerReport {
  readonly setUp: string;
  readonly findings: Findings;
}

/** Observes one library in a process of its own. @throws Error when the process ends before it has told anything. */
export async function runPeer(name: string): Promise<PeerReport> {
  // Quiet: libraries write to the console what they cannot tell otherwise.
  const child = fork(new URL("./peer-process.js", import.meta.url), [name], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const exited = once(child, "exit");
  const first: unknown[] = await Promise.race([once(child, "message"), exited]);
  const [report] = first;
  child.disconnect?.();
  await exited;
  if (typeof report !== "object" || report === null) throw new Error(`${name} was not observed`);
  return report as PeerReport;
}
