import type { Clock } from "@credicorp/oauth-core";
import { ConfigurationError } from "@credicorp/oauth-core";

import type { SandboxConfiguration } from "../configuration/configuration.ts";
import type { HttpServer, HttpServerOptions } from "../http/http-server.ts";
import { isLoopback, originOf } from "../http/listen-address.ts";
import type { SandboxHandler } from "../http/sandbox-response.ts";
import type { SandboxFront } from "./sandbox-front.ts";

/** Where a sandbox listens. */
export interface ListenOptions {
  /** TCP port; 0 takes any free one. @defaultValue 0 */
  readonly port?: number;

  /** A port of its own for the admin API, on the same host; 0 takes any free one. @defaultValue the same port */
  readonly adminPort?: number;

  /** Anything but loopback needs `allowInsecureHttp`, or with TLS `allowNetwork`. @defaultValue `127.0.0.1` */
  readonly host?: string;
}

/** How a sandbox that listens ends. */
export interface CloseOptions {
  /** How long answers in flight may take; what is left then is cut. @defaultValue 2000 */
  readonly graceMs?: number | undefined;

  /**
   * How long it goes on to take requests first, where it has connections, and ends each with its answer: those who call it
   * see by `/readyz` and by `Connection: close` that they are to go elsewhere. @defaultValue 0
   */
  readonly noticeMs?: number | undefined;
}

/** Where a sandbox is reached once it listens. */
export interface ListeningPlace {
  readonly url: string;

  /** The same as `url`, unless the admin API has a port of its own. */
  readonly adminOrigin: string;
}

/** The port of a sandbox: it listens once, and closes once. */
export interface SandboxListener {
  /** Listens. @throws {@link ConfigurationError} for a host that others can reach, unless that is allowed. */
  readonly listen: (options?: ListenOptions) => Promise<ListeningPlace>;

  /** Whether it listens elsewhere than on loopback. */
  readonly isExposed: () => boolean;

  /** Answers what is in flight, then stops listening for ever. */
  readonly close: (options?: CloseOptions) => Promise<void>;
}

/** Makes a listener; nothing is loaded or opened before it is told to listen. */
export function createSandboxListener(options: {
  readonly front: SandboxFront;
  readonly configuration: SandboxConfiguration;
  readonly clock: Pick<Clock, "now">;
  readonly maxBodyBytes: number;

  /** Called after each answer. */
  readonly onAnswered: () => void;

  /** Called as soon as the place is known. */
  readonly onListening: (place: ListeningPlace) => void;
}): SandboxListener {
  const { front, configuration, clock, maxBodyBytes, onAnswered, onListening } = options;
  const { clientCertificateHeader, tls, trustedProxies = [] } = configuration;
  const scheme = tls === undefined ? "http" : "https";
  let http: Promise<readonly HttpServer[]> | undefined;
  let isClosed = false;
  let isExposed = false;

  const start = (
    answer: SandboxHandler,
    address: { readonly host: string; readonly port: number },
  ): Promise<HttpServer> => {
    const handle: SandboxHandler = async (request) => {
      const response = await answer(request);
      onAnswered();
      return response;
    };
    const exposure = { trustedProxies, clientCertificateHeader, tls };
    return startServer({ handle, clock, maxBodyBytes, ...address, ...exposure });
  };
  const startAll = async ({
    host,
    port,
    adminPort,
  }: Required<Pick<ListenOptions, "host" | "port">> & ListenOptions): Promise<
    readonly HttpServer[]
  > => {
    if (adminPort === undefined) return [await start(front.everything, { host, port })];
    const server = await start(front.withoutAdmin, { host, port });
    try {
      return [server, await start(front.adminOnly, { host, port: adminPort })];
    } catch (error) {
      await server.close();
      throw error;
    }
  };

  return {
    listen: async ({ host = "127.0.0.1", port = 0, adminPort } = {}) => {
      if (isClosed) throw new ConfigurationError("port", "The sandbox is closed");
      if (http !== undefined) throw new ConfigurationError("port", "The sandbox listens already");
      checkExposure(host, configuration);
      isExposed = !isLoopback(host);
      const starting = startAll({ host, port, ...(adminPort !== undefined && { adminPort }) });
      http = starting;
      try {
        const origins = (await starting).map((server) => originOf(host, server.port, scheme));
        const [url = "", adminOrigin = url] = origins;
        onListening({ url, adminOrigin });
        return { url, adminOrigin };
      } catch (error) {
        http = undefined;
        throw error;
      }
    },
    isExposed: () => isExposed,
    close: async (closeOptions) => {
      isClosed = true;
      await Promise.all(((await http) ?? []).map((server) => server.close(closeOptions)));
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
