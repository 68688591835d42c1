import type { Duplex } from "node:stream";
import { duplexPair } from "node:stream";

/** A connection that leaves the process nowhere: what is written at one end is read at the other. */
export interface ConnectionEnds {
  readonly client: Duplex;

  /** Has of a socket what a server of HTTP asks for. */
  readonly server: Duplex;
}

// That of `sandbox.fetch`: all callers in the process share it.
const remoteAddress = "127.0.0.1";

/** Makes both ends. An end that is destroyed takes the other one with it, as a socket does. */
export function createConnectionEnds(): ConnectionEnds {
  const [client, server] = duplexPair();
  const reset = (): void => {
    const error = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    client.destroy(error);
    server.destroy();
  };
  client.once("close", () => server.destroy());
  server.once("close", () => {
    // Whoever has ended its side in order leaves the other one to read it.
    if (!server.writableFinished && !client.destroyed) reset();
  });
  return { client, server: Object.assign(server, { remoteAddress, resetAndDestroy: reset }) };
}
