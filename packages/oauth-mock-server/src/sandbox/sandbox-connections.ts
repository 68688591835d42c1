import type { Duplex } from "node:stream";

import { ConfigurationError } from "@credicorp/oauth-core";

import type { ConnectionServer } from "../http/connection-server.ts";
import type { HttpAppOptions } from "../http/http-server.ts";

/** How a sandbox is reached by HTTP without a port. */
export interface SandboxConnections {
  /**
   * Opens a connection without a port, to speak HTTP/1.1 over: what `createConnection` of an `http.Agent` wants, and
   * `connect` of an undici `Agent`. It needs no TLS, whatever the issuer.
   *
   * @throws {@link ConfigurationError} when the sandbox is closed
   */
  readonly connect: () => Promise<Duplex>;

  /** Answers what is in flight, then ends all connections for ever. */
  readonly close: () => Promise<void>;
}

/** Makes the connections of a sandbox; nothing is loaded before the first. */
export function createSandboxConnections(
  options: Pick<HttpAppOptions, "handle" | "clock" | "maxBodyBytes">,
): SandboxConnections {
  let server: Promise<ConnectionServer> | undefined;
  let isClosed = false;
  return {
    connect: async () => {
      if (isClosed) throw new ConfigurationError("connect", "The sandbox is closed");
      server ??= startServer(options);
      return (await server).connect();
    },
    close: async () => {
      isClosed = true;
      await (await server)?.close();
    },
  };
}

async function startServer(
  options: Parameters<typeof createSandboxConnections>[0],
): Promise<ConnectionServer> {
  const { startConnectionServer } = await import("../http/connection-server.ts");
  return startConnectionServer(options);
}
