import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** A program of this app that runs, and ends with the test at the latest. */
export interface Program {
  /** Resolves to where the hub listens, once it says so. */
  readonly origin: () => Promise<string>;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly exited: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

/** Starts `dist/<name>.js`, after a module of the test's if there is one. */
export function startProgram(
  name: "start" | "demo",
  args: readonly string[],
  options: { readonly preload?: string } = {},
): Program {
  const { preload } = options;
  const nodeArgs =
    preload === undefined
      ? []
      : ["--import", `data:text/javascript,${encodeURIComponent(preload)}`];
  const file = fileURLToPath(new URL(`../../dist/${name}.js`, import.meta.url));
  const child = spawn(process.execPath, [...nodeArgs, file, ...args]);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });

  const exited = new Promise<Awaited<Program["exited"]>>((resolve) => {
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await exited;
  });

  const readOrigin = (): string | undefined =>
    /The hub listens on (http:\S+?)\.\s/.exec(stdout)?.[1];
  return {
    exited,
    kill: (signal) => void child.kill(signal),
    origin: () =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const origin = readOrigin();
          if (origin !== undefined) resolve(origin);
        };
        child.stdout.on("data", look);
        child.once("close", () => reject(new Error(`${name} ended: ${stderr}`)));
        look();
      }),
  };
}
