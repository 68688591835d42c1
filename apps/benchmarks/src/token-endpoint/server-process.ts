import { fork } from "node:child_process";
import { once } from "node:events";

/** A token endpoint in a process of its own. */
export interface ServerProcess {
  readonly tokenEndpoint: string;
  readonly stop: () => Promise<void>;
}

/** The servers of this folder. */
export type ServerName =
  | "bare-server"
  | "sandbox-server"
  | "oidc-provider-server"
  | "oauth2-mock-server-server";

/** Starts a server of this folder, and resolves when it listens. */
export async function startServerProcess(
  name: ServerName,
  algorithm: string,
): Promise<ServerProcess> {
  // Quiet: peers warn that they are set up for development.
  const child = fork(new URL(`./${name}.js`, import.meta.url), [algorithm], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const exited = once(child, "exit");
  const first: unknown[] = await Promise.race([once(child, "message"), exited]);
  const [message] = first;
  if (typeof message !== "object" || message === null || !("tokenEndpoint" in message)) {
    throw new Error(`${name} ended before it listened`);
  }
  return {
    tokenEndpoint: String(message.tokenEndpoint),
    stop: async () => {
      child.kill();
      await exited;
    },
  };
}
