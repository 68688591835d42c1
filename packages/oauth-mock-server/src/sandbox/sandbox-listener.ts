import type { Duplex } from "node:stream";

import type { Clock } from "@credicorp/oauth-core";
import { ConfigurationError } from "@credicorp/oauth-core";

import type { SandboxConfiguration } from "../configuration/configuration.ts";
import type { ConnectionServer } from "../http/connection-server.ts";
import type { HttpServer, HttpServerOptions } from "../http/http-server.ts";
import { isLoopback, originOf } from "../http/listen-address.ts";
import type { SandboxHandler } from "../http/sandbox-response.ts";

/** Where a sandbox listens. */
export interface ListenOptions {
  /** TCP port; 0 takes any free one. @defaultValue 0 */
  readonly port?: number;

  /** Anything but loopback needs `allowInsecureHttp`, or with TLS `allowNetwork`. @defaultValue `127.0.0.1` */
  readonly host?: string;
}

/** How a sandbox is reached by HTTP: it listens once, and closes once. */
export interface SandboxListener {
  /** Listens. @throws {@link ConfigurationError} for a host that others can reach, unless that is allowed. */
  readonly listen: (options?: ListenOptions) => Promise<{ readonly url: string }>;

  /**
   * Opens a connection without a port, to speak HTTP/1.1 over: what `createConnection` of an `http.Agent` wants, and
   * `connect` of an undici `Agent`. It needs no TLS, whatever the issuer.
   *
   * @throws {@link ConfigurationError} when the sandbox is closed
   */
  readonly connect: () => Promise<Duplex>;

  /** Whether it listens elsewhere than on loopback. */
  readonly isExposed: () => boolean;

  /** Answers what is in flight, then stops listening for ever. */
  readonly close: () => Promise<void>;
}

/** Makes a listener; nothing is loaded or opened before it is told to listen. */
export function createSandboxListener(options: {
  readonly handle: SandboxHandler;
  readonly configuration: SandboxConfiguration;
  readonly clock: Pick<Clock, "now">;
  readonly maxBodyBytes: number;

  /** Called as soon as the URL is known. */
  readonly onListening: (url: string) => void;

  /** Called after each answer at the port. */
  readonly onAnsweredAtPort: () => void;
}): SandboxListener {
  const { handle, configuration, clock, maxBodyBytes, onListening, onAnsweredAtPort } = options;
  const { clientCertificateHeader, tls, trustedProxies = [] } = configuration;
  const handleAtPort: SandboxHandler = async (request) => {
    const response = await handle(request);
    onAnsweredAtPort();
    return response;
  };
  const scheme = tls === undefined ? "http" : "https";
  let http: Promise<HttpServer> | undefined;
  let connections: Promise<ConnectionServer> | undefined;
  let isClosed = false;
  let isExposed = false;

  return {
    listen: async ({ host = "127.0.0.1", port = 0 } = {}) => {
      if (isClosed) throw new ConfigurationError("port", "The sandbox is closed");
      if (http !== undefined) throw new ConfigurationError("port", "The sandbox listens already");
      checkExposure(host, configuration);
      isExposed = !isLoopback(host);
      const address = { host, port };
      const exposure = { trustedProxies, clientCertificateHeader, tls };
      const parts = { handle: handleAtPort, clock, maxBodyBytes };
      const starting = startServer({ ...parts, ...address, ...exposure });
      http = starting;
      try {
        const url = originOf(host, (await starting).port, scheme);
        onListening(url);
        return { url };
      } catch (error) {
        http = undefined;
        throw error;
      }
    },
    connect: async () => {
      if (isClosed) throw new ConfigurationError("connect", "The sandbox is closed");
      connections ??= startConnections({ handle, clock, maxBodyBytes });
      return (await connections).connect();
    },
    isExposed: () => isExposed,
    close: async () => {
      isClosed = true;
      const servers = [await http, await connections];
      await Promise.all(servers.map(async (server) => server?.close()));
    },
  };
}

function checkExposure(
  host: string,
  { tls, allowInsecureHttp, allowNetwork }: SandboxConfiguration,
): void {
  if (isLoopback(host)) return;
  if (tls === undefined && !allowInsecureHttp) {
    throw new ConfigurationError(
      "host",
      `Plain http on ${host} would expose secrets: listen on loopback, configure tls, or allow it with allowInsecureHttp`,
    );
  }
  if (tls !== undefined && !allowNetwork) {
    throw new ConfigurationError(
      "host",
      `On ${host} others could get tokens with secrets that everybody knows: listen on loopback, or allow it with allowNetwork`,
    );
  }
}

/** Loads Fastify when it is first needed: a sandbox without a port never is. */
async function startServer(options: HttpServerOptions): Promise<HttpServer> {
  const { startHttpServer } = await import("../http/http-server.ts");
  return startHttpServer(options);
}

async function startConnections(
  options: Pick<HttpServerOptions, "handle" | "clock" | "maxBodyBytes">,
): Promise<ConnectionServer> {
  const { startConnectionServer } = await import("../http/connection-server.ts");
  return startConnectionServer(options);
}
