import type { ChildProcess } from "node:child_process";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** A folder in which what a document says is done, as its reader would. */
export interface DocumentShell {
  /** Runs commands; the folder that they end in is that of the next ones. Resolves to all that they print. */
  readonly run: (commands: string) => Promise<string>;

  /** Starts a command, and resolves when it has printed its first line. */
  readonly start: (command: string) => Promise<string>;

  /** Puts the port of this folder where a text has that of the document. */
  readonly asHere: (text: string) => string;
  readonly write: (path: string, text: string) => Promise<void>;

  /** Ends what was started, and removes the folder. */
  readonly close: () => Promise<void>;
}

const standIn = fileURLToPath(new URL("npm-of-the-workspace.mjs", import.meta.url));
const documentedPort = "9400";

/**
 * Makes an empty folder with a shell in it.
 *
 * Two things are not as the document has them: `npm install` links the packages of this workspace, and a free port stands
 * for 9400.
 */
export async function openDocumentShell(env: NodeJS.ProcessEnv = {}): Promise<DocumentShell> {
  const folder = await mkdtemp(join(tmpdir(), "document-"));
  const port = await findFreePort();
  const bin = join(folder, ".bin");
  const place = join(folder, ".place");
  const children: ChildProcess[] = [];
  let cwd = folder;
  const { stdout: npm } = await promisify(execFile)("sh", ["-c", "command -v npm"]);
  await mkdir(bin);
  await writeFile(join(bin, "npm"), `#!/bin/sh\nexec '${process.execPath}' '${standIn}' "$@"\n`);
  await chmod(join(bin, "npm"), 0o755);
  const all: NodeJS.ProcessEnv = {
    ...withoutVitest(process.env),
    PATH: `${bin}:${process.env["PATH"]}`,
    REAL_NPM: npm.trim(),
    NO_COLOR: "1",
    ...env,
  };
  const asHere = (text: string): string => text.replaceAll(documentedPort, port);

  return {
    asHere,
    run: async (commands) => {
      const script = `{ ${asHere(commands)}\n} 2>&1\npwd > '${place}'`;
      try {
        const { stdout } = await promisify(execFile)("sh", ["-eu", "-c", script], {
          cwd,
          env: all,
        });
        return stdout;
      } catch (error) {
        const { stdout } = error as { readonly stdout?: string };
        throw new Error(`${commands} failed:\n${stdout}`, { cause: error });
      } finally {
        cwd = (await readFile(place, "utf8").catch(() => cwd)).trim();
      }
    },
    start: async (command) => {
      const child = spawn("sh", ["-c", `${asHere(command.trim())} --port ${port}`], {
        cwd,
        env: all,
        detached: true,
        stdio: ["ignore", "pipe", "ignore"],
      });
      children.push(child);
      const [line] = (await once(child.stdout, "data")) as [Buffer];
      return line.toString();
    },
    write: async (path, text) => {
      await mkdir(dirname(join(cwd, path)), { recursive: true });
      await writeFile(join(cwd, path), asHere(text));
    },
    close: async () => {
      for (const child of children) await end(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Ends a command and what it has started: npx runs its program in a process of its own. */
async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const exited = once(child, "exit");
  process.kill(-child.pid, "SIGKILL");
  await exited;
}

/** What vitest tells its own workers is none of the business of those that a document starts. */
function withoutVitest(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isForeign = (name: string): boolean =>
    !/^(VITEST|npm_|NODE_ENV$|NODE_OPTIONS$|TEST$|DEV$|PROD$|MODE$|BASE_URL$|SSR$)/.test(name);
  return Object.fromEntries(Object.entries(env).filter(([name]) => isForeign(name)));
}

async function findFreePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => void server.close(resolve));
  return String(port);
}
