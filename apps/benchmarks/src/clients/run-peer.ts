import { runObserver } from "../observation/run-observer.ts";
import type { Findings } from "./findings.ts";

/** What a process of one library tells. */
export interface PeerReport {
  readonly setUp: string;
  readonly findings: Findings;
}

/** Observes one library in a process of its own. @throws Error when the process ends before it has told anything. */
export async function runPeer(name: string): Promise<PeerReport> {
  return (await runObserver(new URL("./peer-process.js", import.meta.url), name)) as PeerReport;
}
