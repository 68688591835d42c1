import type { Clock } from "@credicorp/oauth-core";
import { ConfigurationError } from "@credicorp/oauth-core";

import type { SandboxConfiguration } from "../configuration/configuration.ts";
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

/** The port of a sandbox: it listens once, and closes once. */
export interface SandboxListener {
  /** Listens. @throws {@link ConfigurationError} for a host that others can reach, unless that is allowed. */
  readonly listen: (options?: ListenOptions) => Promise<{ readonly url: string }>;

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
}): SandboxListener {
  const { handle, configuration, clock, maxBodyBytes, onListening } = options;
  const { clientCertificateHeader, tls, trustedProxies = [] } = configuration;
  const scheme = tls === undefined ? "http" : "https";
  let http: Promise<HttpServer> | undefined;
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
      const starting = startServer({ handle, clock, maxBodyBytes, ...address, ...exposure });
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
    isExposed: () => isExposed,
    close: async () => {
      isClosed = true;
      await (await http)?.close();
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
