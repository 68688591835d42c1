import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** What a program that has ended left behind. */
export interface EndedProgram {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of `dist`, by its path there; resolves whatever its exit code is. */
export async function runProgram(path: string, args: readonly string[]): Promise<EndedProgram> {
  const main = fileURLToPath(new URL(`../../../dist/${path}`, import.meta.url));
  return promisify(execFile)(process.execPath, [main, ...args]).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
}
