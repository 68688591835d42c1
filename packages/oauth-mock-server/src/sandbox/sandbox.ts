import type { RevocationFeed, ServerRequest, ServerResponse } from "@credicorp/oauth-core";
import { ConfigurationError } from "@credicorp/oauth-core";
import type {
  AuditTrail,
  AuthorizationServer,
  ClientRecord,
  KeyRecord,
} from "@credicorp/oauth-core/authorization-server";
import {
  createAuditTrail,
  createAuthorizationServer,
  createMemoryRateLimiter,
  createMemoryRecordStore,
  createMemoryReplayStore,
  createMemoryRevocationFeed,
} from "@credicorp/oauth-core/authorization-server";
import {
  backgroundSleep,
  bytes,
  certificateReader,
  digest,
  random,
  signatureEngine,
  sleep,
  systemClock,
} from "@credicorp/oauth-runtime";

import type { SandboxOptions } from "../configuration/configuration.ts";
import { createClientKeyTransport } from "../client-keys/client-key-transport.ts";
import type { SandboxFetch } from "../http/fetch-handler.ts";
import { createFetch } from "../http/fetch-handler.ts";
import type { HttpServer, HttpServerOptions } from "../http/http-server.ts";
import { isLoopback, originOf } from "../http/listen-address.ts";
import type { SandboxClients } from "./sandbox-clients.ts";
import { checkDistinct, createSandboxClients } from "./sandbox-clients.ts";
import type { SandboxKeys } from "./sandbox-keys.ts";
import { algorithmsOf, createSandboxKeys } from "./sandbox-keys.ts";
import { createSandboxRotation } from "./sandbox-rotation.ts";
import {
  checkConnections,
  configuredClients,
  serverConfiguration,
} from "../configuration/server-configuration.ts";

/** Where a sandbox listens. */
export interface ListenOptions {
  /** TCP port; 0 takes any free one. @defaultValue 0 */
  readonly port?: number;

  /** Anything but loopback needs `allowInsecureHttp`. @defaultValue `127.0.0.1` */
  readonly host?: string;
}

/** An authorization server to develop and test against, with all its state in memory. */
export interface Sandbox {
  /** Changes when the sandbox starts to listen, unless it was configured. */
  readonly issuer: string;

  /** Answers a request that is data; never rejects. */
  readonly handle: (request: ServerRequest) => Promise<ServerResponse>;

  /** A standard `fetch` that reaches the sandbox without a port. */
  readonly fetch: SandboxFetch;

  /** Listens. @throws {@link ConfigurationError} for a host that plain http must not be served on. */
  readonly listen: (options?: ListenOptions) => Promise<{ readonly url: string }>;
  readonly clients: SandboxClients;
  readonly keys: SandboxKeys;

  /** What has been revoked; a verifier in the same process may follow it. */
  readonly revocationFeed: Pick<RevocationFeed, "poll" | "subscribe">;

  /** Where to hear of every decision. */
  readonly audit: Pick<AuditTrail, "subscribe">;

  /** Ends all tokens that a client holds. */
  readonly revokeClientTokens: (clientId: string) => Promise<void>;

  /** Answers what is in flight, then stops listening. */
  readonly close: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

const backgroundDelayMs = 1000;

/** Makes a sandbox. @throws {@link ConfigurationError} that names the first option that is wrong. */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { clock = systemClock, audit, onAuditFailure, ...configuration } = options;
  // Outlives the server that is made anew when the issuer is known.
  const auditTrail = createAuditTrail(onAuditFailure);
  if (audit !== undefined) auditTrail.subscribe(audit);
  checkConnections(configuration);
  const scheme = configuration.tls === undefined ? "http" : "https";
  const clientConfigurations = configuredClients(configuration);
  const clientRecords = createMemoryRecordStore<ClientRecord>();
  const keyRecords = createMemoryRecordStore<KeyRecord>();
  const ports = {
    clock,
    random,
    bytes,
    digest,
    signatureEngine,
    certificateReader,
    clients: clientRecords,
    keys: keyRecords,
    rateLimiter: createMemoryRateLimiter(clock),
    revocationFeed: createMemoryRevocationFeed(clock),
    replayStore: createMemoryReplayStore(clock),
    clientKeyTransport:
      configuration.clientKeySets && createClientKeyTransport(configuration.clientKeySets),
    sleep,
    audit: auditTrail.report,
  };
  // The issuer is known for certain only when the sandbox listens; the state behind the ports stays.
  const serverFor = (issuer: string): AuthorizationServer =>
    createAuthorizationServer(serverConfiguration(configuration, issuer), ports);
  let server = serverFor(configuration.issuer ?? `${scheme}://localhost`);

  checkDistinct(clientConfigurations.map(({ id }) => id));
  const clients = createSandboxClients(clientRecords, {
    policy: server.policy,
    allowedKeyHosts: server.policy.clientKeySets?.allowedHosts,
  });
  for (const client of clientConfigurations) await clients.create(client);
  const { accessTokenAlgorithm, keyRotation, maxBodyBytes } = server.policy;
  const keys = createSandboxKeys({
    records: keyRecords,
    clock,
    retainMarginSeconds: keyRotation.announceSeconds,
  });
  for (const [index, jwk] of (configuration.signingKeys ?? []).entries()) {
    await keys.add(jwk, `signingKeys[${index}]`);
  }
  await keys.ensure([accessTokenAlgorithm, ...clientConfigurations.flatMap(algorithmsOf)], 0);

  const closing = new AbortController();
  const createClient: SandboxClients["create"] = async (client) => {
    await keys.ensure(algorithmsOf(client), 0);
    return clients.create(client);
  };
  const rotation = createSandboxRotation({ server: () => server, keys, clients });
  let keeping: Promise<void> | undefined;
  let background: Promise<void> | undefined;
  let http: Promise<HttpServer> | undefined;
  const makeMoreKeys = async (): Promise<void> => {
    // An RSA key costs 200 ms of two cores: neither the first answers nor a short test should pay for it.
    await sleep(backgroundDelayMs, closing.signal);
    if (closing.signal.aborted) return;
    const others = configuration.additionalAlgorithms ?? (server.policy.profile ? [] : ["RS256"]);
    await keys.ensure(others, keyRotation.announceSeconds);
  };
  const handle = (request: ServerRequest): Promise<ServerResponse> => server.handle(request);
  const close = async (): Promise<void> => {
    closing.abort();
    await (await http)?.close();
    await Promise.all([background, keeping]);
  };

  return {
    get issuer() {
      return server.policy.issuer;
    },
    handle,
    fetch: createFetch({ handle, maxBodyBytes, issuer: () => server.policy.issuer }),
    listen: async ({ host = "127.0.0.1", port = 0 } = {}) => {
      if (closing.signal.aborted) throw new ConfigurationError("port", "The sandbox is closed");
      if (http !== undefined) throw new ConfigurationError("port", "The sandbox listens already");
      if (scheme === "http" && !configuration.allowInsecureHttp && !isLoopback(host)) {
        throw new ConfigurationError(
          "host",
          `Plain http on ${host} would expose secrets: listen on loopback, configure tls, or allow it with allowInsecureHttp`,
        );
      }
      const starting = startServer({
        handle: async (request) => {
          const response = await handle(request);
          background ??= makeMoreKeys();
          return response;
        },
        clock,
        host,
        port,
        maxBodyBytes,
        trustedProxies: configuration.trustedProxies ?? [],
        clientCertificateHeader: configuration.clientCertificateHeader,
        tls: configuration.tls,
      });
      http = starting;
      try {
        const url = originOf(host, (await starting).port, scheme);
        if (configuration.issuer === undefined) server = serverFor(url);
        if (configuration.keyRotation?.everySeconds !== undefined) {
          keeping = server.keepKeys(backgroundSleep, closing.signal);
        }
        return { url };
      } catch (error) {
        http = undefined;
        throw error;
      }
    },
    clients: { ...clients, ...rotation.clients, create: createClient },
    keys: { ...keys, ...rotation.keys },
    revocationFeed: { poll: ports.revocationFeed.poll, subscribe: ports.revocationFeed.subscribe },
    audit: { subscribe: auditTrail.subscribe },
    revokeClientTokens: (clientId) => server.revokeClientTokens(clientId),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Loads Fastify when it is first needed: a sandbox without a port never is. */
async function startServer(options: HttpServerOptions): Promise<HttpServer> {
  const { startHttpServer } = await import("../http/http-server.ts");
  return startHttpServer(options);
}
