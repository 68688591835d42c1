import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

import type { PeerServers } from "./peer.ts";

/** What the token endpoint answers; `down` ends each connection without an answer. */
export type TokenAnswer = "token" | "refusal" | "error page" | "down";

/** A token endpoint that counts, and an API that believes its tokens, on one origin. */
export interface CountingServer {
  readonly servers: PeerServers;

  /** The requests that came to the token endpoint. */
  readonly tokenRequests: () => number;

  /** Sets what the token endpoint answers from now on. */
  readonly answerWith: (answer: TokenAnswer) => void;

  /** Revokes all tokens that were issued; the API spreads its refusals over a time. */
  readonly revokeAll: (options: { readonly spreadMs: number; readonly calls: number }) => void;
  readonly close: () => void;
}

const answersAfterMs = 25;

/** Starts it on a free port of loopback. Tokens live for `lifetimeSeconds`, which `expires_in` tells unless it is left out. */
export async function startCountingServer(options: {
  readonly lifetimeSeconds: number;
  readonly tellsLifetime: boolean;
}): Promise<CountingServer> {
  const { lifetimeSeconds, tellsLifetime } = options;
  let answer: TokenAnswer = "token";
  let tokenRequests = 0;
  let issued = 0;
  let revoked = 0;
  let refusals = { spreadMs: 0, calls: 1, sent: 0 };

  async function answerTokenRequest(response: ServerResponse): Promise<void> {
    tokenRequests += 1;
    if (answer === "down") {
      response.destroy();
      return;
    }
    await wait(answersAfterMs);
    if (answer === "refusal") {
      sendJson(response, 401, {
        error: "invalid_client",
        error_description: "The client is not known",
      });
      return;
    }
    if (answer === "error page") {
      response.writeHead(500, { "content-type": "text/html" }).end("<h1>Bad gateway</h1>");
      return;
    }
    issued += 1;
    sendJson(response, 200, {
      access_token: formatToken(issued, Date.now() / 1000 + lifetimeSeconds),
      token_type: "Bearer",
      ...(tellsLifetime && { expires_in: lifetimeSeconds }),
    });
  }

  async function answerCall(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (readSerial(request.headers.authorization) > revoked) {
      sendJson(response, 200, { stores: [] });
      return;
    }
    const { spreadMs, calls } = refusals;
    refusals = { ...refusals, sent: refusals.sent + 1 };
    await wait(Math.min(1, refusals.sent / calls) * spreadMs);
    response.setHeader("www-authenticate", 'Bearer error="invalid_token"');
    sendJson(response, 401, { error: "invalid_token" });
  }

  const server = createServer((request, response) => {
    request.resume();
    if (request.url?.startsWith("/token")) void answerTokenRequest(response);
    else if (request.url?.startsWith("/.well-known/")) sendJson(response, 200, metadata(origin));
    else void answerCall(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    servers: {
      origin,
      tokenEndpoint: `${origin}/token`,
      apiUrl: `${origin}/stores`,
      clientId: "partner",
      clientSecret: "planted_9vT3xK7qRw2nB5mZ8cFj4hLs6dYp",
    },
    tokenRequests: () => tokenRequests,
    answerWith: (next) => {
      answer = next;
    },
    revokeAll: ({ spreadMs, calls }) => {
      revoked = issued;
      refusals = { spreadMs, calls, sent: 0 };
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function metadata(origin: string): object {
  return {
    issuer: origin,
    token_endpoint: `${origin}/token`,
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
    response_types_supported: [],
  };
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** A JWT in all but its signature: some libraries look into the token. */
function formatToken(serial: number, expiresAt: number): string {
  const header = encodePart({ alg: "HS256", typ: "JWT" });
  const claims = encodePart({
    sub: "partner",
    jti: String(serial),
    exp: Math.floor(expiresAt),
  });
  return `${header}.${claims}.${"s".repeat(43)}`;
}

function encodePart(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** Returns the serial number of a bearer token, and 0 where there is none. */
function readSerial(authorization = ""): number {
  const claims = Buffer.from(authorization.split(".")[1] ?? "", "base64url").toString();
  return Number(/"jti":"(\d+)"/.exec(claims)?.[1] ?? 0);
}
