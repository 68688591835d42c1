/**
 * Keeps the authorization server and the partner API running on one fixed port, until SIGINT or SIGTERM.
 *
 * Exits with 0 when it was stopped, and with 2 when it could not start.
 *
 * @module
 */

import { parseArgs } from "node:util";
import type { Hub } from "./hub.ts";
import { startHub } from "./hub.ts";
import { formatWelcome } from "./welcome.ts";

const defaultPort = 9400;

/** Resolves to `undefined`, after saying why, when the hub cannot start. */
async function startOrExplain(port: number): Promise<Hub | undefined> {
  try {
    return await startHub({ port });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) throw error;
    console.error(`Port ${port} is taken: stop what listens there, or choose another with --port.`);
    return undefined;
  }
}

function readPort(): number | undefined {
  try {
    const { values } = parseArgs({ options: { port: { type: "string" } } });
    const port = Number(values.port ?? defaultPort);
    if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
    console.error("--port must be a whole number from 0 (any free port) to 65535.");
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
  }
  return undefined;
}

const port = readPort();
const hub = port === undefined ? undefined : await startOrExplain(port);
if (hub === undefined) {
  process.exitCode = 2;
} else {
  console.log(formatWelcome(hub));
  const stop = (): void => {
    console.log("\nStopping: requests in flight are answered first.");
    void hub.close();
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}
