import type { IncomingMessage, ServerResponse as OutgoingAnswer } from "node:http";
import type { Server } from "node:https";
import type { AddressInfo } from "node:net";

import type { Clock, HeaderList } from "@credicorp/oauth-core";
import type {
  FastifyHttpsOptions,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifyServerOptions,
} from "fastify";
import { fastify } from "fastify";

import type { ClientCertificateHeader } from "./client-certificate-header.ts";
import { answerMalformedRequest, malformedAnswer, malformedStatus } from "./malformed-request.ts";
import { createConnections } from "./connections.ts";
import { createPeerReader } from "./peer.ts";
import type { SandboxHandler } from "./sandbox-response.ts";
import { sendResponse } from "./send-response.ts";
import type { SandboxTls } from "./tls.ts";
import { tlsServerOptions } from "./tls.ts";

/** A server that listens. */
export interface HttpServer {
  readonly port: number;

  /**
   * Takes requests for `noticeMs` more (0 unless told), while there are connections, and ends each connection with its
   * answer; then stops listening, and resolves when what is in flight is answered, or after `graceMs` (2000 unless told).
   */
  readonly close: (options?: {
    readonly graceMs?: number | undefined;
    readonly noticeMs?: number | undefined;
  }) => Promise<void>;
}

/** What is served, and to whom. */
export interface HttpAppOptions {
  readonly handle: SandboxHandler;

  /** Dates the answers to what never becomes a request. */
  readonly clock: Pick<Clock, "now">;
  readonly maxBodyBytes: number;

  /** Addresses or networks whose forwarded fields are believed. */
  readonly trustedProxies: readonly string[];
  readonly clientCertificateHeader?: ClientCertificateHeader | undefined;

  /** Absent: plain http. */
  readonly tls?: SandboxTls | undefined;
}

/** What is served, and where. */
export interface HttpServerOptions extends HttpAppOptions {
  readonly host: string;
  readonly port: number;
}

const requestTimeoutMs = 30_000;

// No route has a schema. Without these Fastify loads its compilers of schemas, which is half of its own start.
const schemaController = {
  compilersFactory: { buildValidator: compileNothing, buildSerializer: compileNothing },
};
const defaultGraceMs = 2000;

/**
 * Makes a server of `handle` over HTTP, or over TLS that asks every client for a certificate.
 *
 * Fastify adds what belongs to HTTP alone: time limits, trusted proxies and an orderly end. Method, target, header and
 * body go to `handle` as they were received, whatever they are; the body is read up to one byte beyond the limit.
 */
export function createHttpApp(options: HttpAppOptions): Pick<HttpServer, "close"> & {
  readonly app: FastifyInstance;
} {
  const { handle, clock, maxBodyBytes, trustedProxies, tls } = options;
  const readPeer = createPeerReader({
    ...options,
    verifiesChains: Boolean(tls?.clientCertificateAuthorities?.length),
  });
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { raw } = request;
    reply.hijack();
    const body = await readBody(raw, maxBodyBytes + 1);
    if (body === undefined) return;
    const received = pairs(raw.rawHeaders);
    const { isEnding } = connections;
    const isHead = raw.method === "HEAD";
    const outgoing = { raw: reply.raw, socket: raw.socket, isHead, isEnding };
    const status = malformedStatus(received, raw.httpVersion);
    if (status !== undefined) {
      await sendResponse(malformedAnswer(status, clock.now()), outgoing);
      return;
    }
    const { target, headers } = originForm(raw.url ?? "/", received);
    const response = await handle({
      method: raw.method ?? "",
      target,
      headers,
      body,
      peer: readPeer(request, headers),
      httpVersion: raw.httpVersion,
    });
    await sendResponse(response, outgoing);
  };

  const app = createApp(tls, {
    requestTimeout: requestTimeoutMs,
    // What arrives on a connection while the server closes is answered like everything else.
    return503OnClosing: false,
    clientErrorHandler: (error, socket) =>
      connections.onceAnswered(socket, () => answerMalformedRequest(error, socket, clock.now())),
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    // A target that Fastify's router cannot read is no reason to answer in another voice.
    frameworkErrors: (_error, request, reply) => void answer(request, reply),
  });
  // Before routing and parsing, for every method and every path.
  app.addHook("onRequest", answer);
  app.setNotFoundHandler(() => undefined);
  // Node looks at the first thousand fields and drops the rest unsaid, those that a proxy appended too. Their bytes are
  // bounded anyway.
  app.server.maxHeadersCount = 0;
  app.server.on("checkExpectation", ({ method, socket }: IncomingMessage, raw: OutgoingAnswer) => {
    const { isEnding } = connections;
    const outgoing = { raw, socket, isHead: method === "HEAD", isEnding };
    void sendResponse(malformedAnswer(417, clock.now()), outgoing);
  });
  const connections = createConnections(app.server);
  return {
    app,
    close: async ({ graceMs = defaultGraceMs, noticeMs = 0 } = {}) => {
      await connections.giveNotice(noticeMs);
      const forget = connections.endSoon(graceMs);
      await app.close();
      forget();
    },
  };
}

/** Serves `handle` on a port. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { host, port } = options;
  const { app, close } = createHttpApp(options);
  await app.listen({ host, port });
  return { port: (app.server.address() as AddressInfo).port, close };
}

function compileNothing(): never {
  throw new Error("No route of the sandbox has a schema");
}

function createApp(tls: SandboxTls | undefined, options: FastifyServerOptions): FastifyInstance {
  // Node would answer a request without a host itself, in another voice.
  const http = { requireHostHeader: false };
  if (tls === undefined) return fastify({ ...options, schemaController, http });
  // Fastify types its options and itself by the class of the server; nothing here depends on which it is.
  const httpsOptions = {
    ...options,
    schemaController,
    https: { ...tlsServerOptions(tls), ...http },
  };
  return fastify(httpsOptions as unknown as FastifyHttpsOptions<Server>);
}

/** Reduces the absolute form to path and query; its host then is the one that counts (RFC 9112 section 3.2.2). */
function originForm(
  target: string,
  headers: HeaderList,
): { readonly target: string; readonly headers: HeaderList } {
  const [, host, rest = ""] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(target) ?? [];
  if (host === undefined) return { target, headers };
  const others = headers.filter(([name]) => name.toLowerCase() !== "host");
  return {
    target: rest.startsWith("/") ? rest : `/${rest}`,
    headers: [["Host", host], ...others],
  };
}

function pairs(rawHeaders: readonly string[]): HeaderList {
  const list: (readonly [string, string])[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    list.push([rawHeaders[index] ?? "", rawHeaders[index + 1] ?? ""]);
  }
  return list;
}

/** Reads a body up to `maxBytes` and lets the rest go by; `undefined` when the sender went away. */
function readBody(message: IncomingMessage, maxBytes: number): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    message.on("data", (chunk: Buffer) => {
      if (length >= maxBytes) return;
      chunks.push(chunk);
      length += chunk.length;
      if (length >= maxBytes) resolve(Buffer.concat(chunks).subarray(0, maxBytes));
    });
    message.on("end", () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
    message.on("error", () => resolve(undefined));
    message.on("close", () => resolve(undefined));
  });
}
