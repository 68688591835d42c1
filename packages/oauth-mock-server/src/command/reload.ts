import { readFile, realpath } from "node:fs/promises";
import type { FSWatcher } from "node:fs";
import { watch } from "node:fs";
import { basename, dirname } from "node:path";
import { isDeepStrictEqual } from "node:util";

import { isOAuthError } from "@credicorp/oauth-core";

import type { ConfigurationFile } from "../configuration/read-configuration-file.ts";
import { readConfigurationFile } from "../configuration/read-configuration-file.ts";
import { UsageError } from "./usage-error.ts";

/** How a configuration file is followed. */
export interface ReloadOptions {
  /** Whether changes are noticed without a signal. */
  readonly isWatching: boolean;

  /** What the file said to the command at the start. */
  readonly command: ConfigurationFile["command"];
  readonly onReload: (listener: () => void) => void;
  readonly writeError: (text: string) => void;

  /** Takes what has changed. @throws {@link ConfigurationError} when it is wrong, and nothing has changed then */
  readonly apply: (
    file: ConfigurationFile,
  ) => Promise<{ readonly changed: readonly string[]; readonly fixed: readonly string[] }>;
}

// Editors write in several steps, and a file is empty between two of them.
const quietMs = 100;

/** Reads a configuration file again when it changes or when told to; one that is wrong changes nothing. */
export async function startConfigurationReload(
  path: string,
  options: ReloadOptions,
): Promise<{ readonly close: () => void }> {
  const say = (text: string): void => options.writeError(`oauth-mock-server: ${text}\n`);
  let lastText: string | undefined = await readFile(path, "utf8").catch(() => undefined);
  let lastProblem: string | undefined;
  let work: Promise<void> = Promise.resolve();

  const reload = async (isAsked: boolean): Promise<void> => {
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (!isAsked && text === lastText) return;
    lastText = text;
    try {
      const file = await readConfigurationFile(path);
      const { changed, fixed } = await options.apply(file);
      lastProblem = undefined;
      const unable = isDeepStrictEqual(file.command, options.command)
        ? fixed
        : [...fixed, "command"];
      say(
        `read ${path} again: ${changed.length === 0 ? "nothing new" : `new ${changed.join(", ")}`}`,
      );
      if (unable.length > 0) say(`start it again for the new ${unable.join(", ")}`);
    } catch (error) {
      if (!isOAuthError(error)) throw error;
      const problem = `${error.message.startsWith(path) ? "" : `${path}: `}${error.message}`;
      if (problem !== lastProblem || isAsked) say(`${problem}\n  what held goes on to hold`);
      lastProblem = problem;
    }
  };
  const next = (isAsked: boolean): void => {
    work = work.then(() => reload(isAsked));
  };

  options.onReload(() => next(true));
  if (!options.isWatching) return { close: () => undefined };
  return watchFile(path, { onChange: () => next(false), say });
}

/** Watches the folder and not the file, which many editors put another in place of. */
async function watchFile(
  path: string,
  { onChange, say }: { readonly onChange: () => void; readonly say: (text: string) => void },
): Promise<{ readonly close: () => void }> {
  const real = await realpath(path).catch(() => {
    // A pipe, or gone since it was read.
    throw new UsageError(`--watch cannot follow ${path}: name a file, or leave --watch out`);
  });
  const folders = new Map([
    [dirname(path), basename(path)],
    [dirname(real), basename(real)],
  ]);
  let timer: NodeJS.Timeout | undefined;
  const watchers: FSWatcher[] = [];
  for (const [folder, name] of folders) {
    const watcher = watch(folder, (_event, changed) => {
      // Kubernetes changes a mounted file by a link beside it, `..data`.
      if (changed !== null && changed !== name && !changed.startsWith("..")) return;
      clearTimeout(timer);
      timer = setTimeout(onChange, quietMs);
    });
    watcher.on("error", () => say(`${folder} can be watched no longer: SIGHUP still works`));
    watchers.push(watcher);
  }
  return {
    close: () => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}
