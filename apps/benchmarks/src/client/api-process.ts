import { fork } from "node:child_process";
import { once } from "node:events";

/** An API in a process of its own. */
export interface ApiProcess {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Starts the API of this folder, and resolves when it listens. */
export async function startApiProcess(): Promise<ApiProcess> {
  const child = fork(new URL("./api-server.js", import.meta.url));
  const exited = once(child, "exit");
  const first: unknown[] = await Promise.race([once(child, "message"), exited]);
  const [message] = first;
  if (typeof message !== "object" || message === null || !("url" in message)) {
    throw new Error("The API ended before it listened");
  }
  return {
    url: String(message.url),
    stop: async () => {
      child.kill();
      await exited;
    },
  };
}
