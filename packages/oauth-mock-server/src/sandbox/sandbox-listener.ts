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

  /** Anything but loopback needs `allowInsecureHttp`. @defaultValue `127.0.0.1` */
  readonly host?: string;
}

/** The port of a sandbox: it listens once, and closes once. */
export interface SandboxListener {
  /** Listens. @throws {@link ConfigurationError} for a host that plain http must not be served on. */
  readonly listen: (options?: ListenOptions) => Promise<{ readonly url: string }>;

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
  const { allowInsecureHttp, clientCertificateHeader, tls, trustedProxies = [] } = configuration;
  const scheme = tls === undefined ? "http" : "https";
  let http: Promise<HttpServer> | undefined;
  let isClosed = false;

  return {
    listen: async ({ host = "127.0.0.1", port = 0 } = {}) => {
      if (isClosed) throw new ConfigurationError("port", "The sandbox is closed");
      if (http !== undefined) throw new ConfigurationError("port", "The sandbox listens already");
      if (scheme === "http" && !allowInsecureHttp && !isLoopback(host)) {
        throw new ConfigurationError(
          "host",
          `Plain http on ${host} would expose secrets: listen on loopback, configure tls, or allow it with allowInsecureHttp`,
        );
      }
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
    close: async () => {
      isClosed = true;
      await (await http)?.close();
    },
  };
}

/** Loads Fastify when it is first needed: a sandbox without a port never is. */
async function startServer(options: HttpServerOptions): Promise<HttpServer> {
  const { startHttpServer } = await import("../http/http-server.ts");
  return startHttpServer(options);
}
