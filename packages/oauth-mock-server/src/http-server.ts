import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

import type { HeaderList, ServerRequest, ServerResponse } from "@credicorp/oauth-core";
import type { FastifyReply, FastifyRequest } from "fastify";
import { fastify } from "fastify";

import { answerMalformedRequest } from "./malformed-request.ts";

/** A server that listens. */
export interface HttpServer {
  readonly port: number;

  /** Stops accepting requests, and resolves when those in flight are answered, or after two seconds. */
  readonly close: () => Promise<void>;
}

/** What is served, and where. */
export interface HttpServerOptions {
  readonly handle: (request: ServerRequest) => Promise<ServerResponse>;
  readonly host: string;
  readonly port: number;
  readonly maxBodyBytes: number;

  /** Addresses or networks whose forwarded fields are believed. */
  readonly trustedProxies: readonly string[];
}

const requestTimeoutMs = 30_000;
// A connection that says nothing, or not enough, would keep a closing server open for ever.
const closeGraceMs = 2000;
const statusesWithoutBody = new Set([204, 304]);

/**
 * Serves `handle` over HTTP.
 *
 * Fastify adds what belongs to HTTP alone: time limits, trusted proxies and an orderly end. Method, target, header and
 * body go to `handle` as they were received, whatever they are; the body is read up to one byte beyond the limit.
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { handle, host, port, maxBodyBytes, trustedProxies } = options;
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { raw } = request;
    reply.hijack();
    const body = await readBody(raw, maxBodyBytes + 1);
    if (body === undefined) return;
    const response = await handle({
      method: raw.method ?? "",
      target: originForm(raw.url ?? "/"),
      headers: pairs(raw.rawHeaders),
      body,
      peer: { address: request.ip, secure: request.protocol === "https" },
    });
    send(response, { reply, isHead: raw.method === "HEAD" });
  };

  const app = fastify({
    requestTimeout: requestTimeoutMs,
    clientErrorHandler: answerMalformedRequest,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    // A target that Fastify's router cannot read is no reason to answer in another voice.
    frameworkErrors: (_error, request, reply) => void answer(request, reply),
  });
  // Before routing and parsing, for every method and every path.
  app.addHook("onRequest", answer);
  app.setNotFoundHandler(() => undefined);
  await app.listen({ host, port });
  return {
    port: (app.server.address() as AddressInfo).port,
    close: async () => {
      const impatience = setTimeout(() => app.server.closeAllConnections(), closeGraceMs);
      await app.close();
      clearTimeout(impatience);
    },
  };
}

function send(
  response: ServerResponse,
  options: { readonly reply: FastifyReply; readonly isHead: boolean },
): void {
  const { status, headers, body } = response;
  const { raw } = options.reply;
  const framing: HeaderList =
    options.isHead || statusesWithoutBody.has(status)
      ? []
      : [["Content-Length", String(Buffer.byteLength(body))]];
  raw.writeHead(status, [...headers, ...framing].flat());
  raw.end(body);
}

/** Reduces the absolute form, which proxies are sent, to path and query (RFC 9112 section 3.2.2). */
function originForm(target: string): string {
  const absolute = /^https?:\/\/[^/?#]*(.*)$/i.exec(target)?.[1];
  if (absolute === undefined) return target;
  return absolute.startsWith("/") ? absolute : `/${absolute}`;
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
