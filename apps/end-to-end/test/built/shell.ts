import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
const separator = "----8<----";

/** Appended to the titles of tests that need curl: the reason is seen where they are skipped. */
export const hasCurl: boolean = spawnSync("curl", ["--version"]).status === 0;
export const curlNote: string = hasCurl ? "" : " (skipped: curl is not installed)";

/** Runs commands one after the other in one POSIX shell, so that variables last; resolves to what each printed. */
export async function runInShell(
  commands: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const script = commands.join(`\nprintf '\\n%s\\n' '${separator}'\n`);
  const { stdout } = await run("sh", ["-eu", "-c", script], { env: { ...process.env, ...env } });
  return stdout.split(`\n${separator}\n`);
}

/** Returns the commands in the shell blocks of a document that call curl, comments and all. */
export function findCurlBlocks(markdown: string): readonly string[] {
  const blocks = [...markdown.matchAll(/^```(?:sh|bash)\n(.*?)^```$/gms)].map(
    ([, text = ""]) => text,
  );
  return blocks.filter((text) => text.includes("curl "));
}
