import type { AddressInfo } from "node:net";
import { createServer } from "node:net";

import type { FastifyInstance, FastifyRequest } from "fastify";
import fastify from "fastify";
import { onTestFinished } from "vitest";

import type { VerifierOptions } from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";
import { oauthVerifier } from "@credicorp/oauth-verifier/fastify";

/** What a test says of its API. */
export interface GuardedApiOptions {
  readonly issuer: string;
  readonly verifier?: (origin: string) => Partial<VerifierOptions>;

  /** Absent: the API speaks plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly clientCertificate?: (request: FastifyRequest) => Uint8Array | undefined;
}

/** Starts an API that the verifier guards; it answers with what the token is bound to. */
export async function startGuardedApi(options: GuardedApiOptions): Promise<string> {
  const { issuer, tls, clientCertificate } = options;
  const port = await findFreePort();
  const origin = `${tls ? "https" : "http"}://127.0.0.1:${port}`;
  const verifier = createVerifier({
    issuer,
    audience: `${issuer}/partner/v1`,
    ...options.verifier?.(origin),
  });
  // Every client is asked for a certificate, and none is turned away at the handshake.
  const https = { ...tls, requestCert: true, rejectUnauthorized: false };
  const app: FastifyInstance = tls === undefined ? fastify() : fastify({ https });
  await app.register(oauthVerifier, { verifier, clientCertificate });
  app.get(
    "/decisions",
    { onRequest: app.requireScope("decisions:read") },
    async ({ principal }) => principal.claims.confirmation ?? {},
  );
  await app.listen({ port, host: "127.0.0.1" });
  onTestFinished(() => app.close());
  return origin;
}

/** The verifier has to know its origin before it listens. */
async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
