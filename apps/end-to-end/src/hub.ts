import type { Sandbox } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { createVerifier } from "@credicorp/oauth-verifier";
import { createPartnerApi, partnerScopes } from "@credicorp/partner-api";
import { startGateway } from "./gateway.ts";

/** Where the hub listens. */
export interface HubOptions {
  /** TCP port on loopback; 0 means any free one. */
  readonly port: number;
}

/** The authorization server and the partner API behind one origin, as partners see them. */
export interface Hub {
  /** The base URL that a partner is told, and the issuer of the tokens. */
  readonly origin: string;

  /** Where the authorization server listens, behind the hub. */
  readonly authorizationServerOrigin: string;

  /** Where the partner API listens, behind the hub. */
  readonly partnerApiOrigin: string;

  /** The authorization server: its clients and its keys. */
  readonly sandbox: Sandbox;

  /** How many requests arrived for a path so far. */
  readonly requestCount: (path: string) => number;

  /** Answers what is in flight, then stops everything. */
  readonly close: () => Promise<void>;
}

/** Where tokens come from. */
export const tokenPath = "/partner/v1/oauth/token";

const host = "127.0.0.1";

/**
 * Starts both servers, each on a free port of its own, and the gateway in front of them.
 *
 * The gateway comes first: its origin is the issuer, which both servers must know.
 *
 * @throws the system's error, such as `EADDRINUSE`, when the port cannot be had.
 */
export async function startHub(options: HubOptions): Promise<Hub> {
  const upstreams: { authorizationServer?: string; partnerApi?: string } = {};
  const gateway = await startGateway({
    host,
    port: options.port,
    upstreamOf: (path) =>
      isOfAuthorizationServer(path) ? upstreams.authorizationServer : upstreams.partnerApi,
  });
  const { origin } = gateway;

  const sandbox = await createSandbox({ issuer: origin });
  const authorizationServer = await sandbox.listen({ host });
  upstreams.authorizationServer = authorizationServer.url;

  const audience = `${origin}/partner/v1`;
  const verifier = createVerifier({
    issuer: origin,
    audience,
    scopes: partnerScopes,
    resource: { identifier: audience, name: "Partner API" },
    revocations: { feed: sandbox.revocationFeed },
    dpop: { origin },
  });
  const partnerApi = await createPartnerApi({ verifier });
  const partnerApiOrigin = await partnerApi.listen({ host, port: 0 });
  upstreams.partnerApi = partnerApiOrigin;

  return {
    origin,
    authorizationServerOrigin: authorizationServer.url,
    partnerApiOrigin,
    sandbox,
    requestCount: gateway.requestCount,
    close: async () => {
      await gateway.close();
      await Promise.all([partnerApi.close(), sandbox.close()]);
    },
  };
}

function isOfAuthorizationServer(path: string): boolean {
  if (path.startsWith("/.well-known/oauth-protected-resource/")) return false;
  return path.startsWith("/partner/v1/oauth/") || path.startsWith("/.well-known/");
}
