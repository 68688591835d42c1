import { fork } from "node:child_process";
import { once } from "node:events";

/**
 * Lets a program observe one library in a process of its own; resolves to the message that it sends.
 *
 * @throws Error when the process ends before it has told anything
 */
export async function runObserver(program: URL, library: string): Promise<object> {
  // Quiet: libraries write to the console what they cannot tell otherwise.
  const child = fork(program, [library], { stdio: ["ignore", "ignore", "ignore", "ipc"] });
  const exited = once(child, "exit");
  const first: unknown[] = await Promise.race([once(child, "message"), exited]);
  const [report] = first;
  child.disconnect?.();
  await exited;
  if (typeof report !== "object" || report === null) throw new Error(`${library} was not observed`);
  return report;
}
