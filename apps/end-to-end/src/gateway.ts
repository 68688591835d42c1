import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { Agent, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream";

/** What a gateway needs. */
export interface GatewayOptions {
  readonly host: string;

  /** TCP port; 0 means any free one. */
  readonly port: number;

  /** Origin of the server behind the gateway that answers for a path; `undefined` while there is none. */
  readonly upstreamOf: (path: string) => string | undefined;
}

/** A gateway that listens. */
export interface Gateway {
  readonly origin: string;

  /** How many requests arrived for a path so far. */
  readonly requestCount: (path: string) => number;

  /** Stops accepting requests, and resolves when those in flight are answered. */
  readonly close: () => Promise<void>;
}

const closeGraceMs = 2000;

// Fields that concern one connection and not the message (RFC 9110 section 7.6.1).
const connectionFields = new Set(["connection", "keep-alive", "proxy-connection", "te", "upgrade"]);

/**
 * Starts a reverse proxy: one origin in front of several servers.
 *
 * Fields and bodies pass through as they were received, so that a server behind it sees the very
 * request that was sent.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { host, port, upstreamOf } = options;
  const agent = new Agent({ keepAlive: true });
  const counts = new Map<string, number>();
  let isClosing = false;

  const server = createServer((incoming, outgoing) => {
    // A connection that was busy when the gateway began to close is idle now, and would be kept alive.
    outgoing.once("close", () => {
      if (isClosing) server.closeIdleConnections();
    });
    const path = pathOf(incoming);
    counts.set(path, (counts.get(path) ?? 0) + 1);
    const upstream = upstreamOf(path);
    if (upstream === undefined) sendBadGateway(outgoing);
    else forward({ incoming, outgoing, upstream, agent });
  });
  await listen(server, { host, port });

  const { port: actualPort } = server.address() as AddressInfo;
  return {
    origin: `http://${host}:${actualPort}`,
    requestCount: (path) => counts.get(path) ?? 0,
    close: () =>
      new Promise((resolve) => {
        isClosing = true;
        server.close(() => {
          agent.destroy();
          resolve();
        });
        server.closeIdleConnections();
        // A connection that says nothing, or not enough, would keep the gateway open for ever.
        setTimeout(() => server.closeAllConnections(), closeGraceMs).unref();
      }),
  };
}

/** Passes one request on, and its answer back. */
function forward(hop: {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly upstream: string;
  readonly agent: Agent;
}): void {
  const { incoming, outgoing, upstream, agent } = hop;
  const { hostname, port } = new URL(upstream);
  const passedOn = request({
    agent,
    host: hostname,
    port,
    method: incoming.method,
    path: incoming.url,
    headers: endToEndFields(incoming.rawHeaders),
  });

  passedOn.on("response", (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, endToEndFields(answer.rawHeaders));
    pipeline(answer, outgoing, () => undefined);
  });
  passedOn.on("error", () => sendBadGateway(outgoing));
  // A caller that went away mid-body: `pipeline` destroys the request behind it.
  pipeline(incoming, passedOn, () => undefined);
}

function sendBadGateway(outgoing: ServerResponse): void {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  outgoing.writeHead(502, { "content-type": "application/problem+json" });
  outgoing.end(JSON.stringify({ type: "about:blank", title: "Bad Gateway", status: 502 }));
}

/** Keeps the fields that concern the message, in the flat list that node:http uses. */
function endToEndFields(rawHeaders: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    if (!connectionFields.has(name.toLowerCase())) kept.push(name, rawHeaders[index + 1] ?? "");
  }
  return kept;
}

function pathOf(incoming: IncomingMessage): string {
  const [path = "/"] = (incoming.url ?? "/").split("?", 1);
  return path;
}

function listen(server: Server, address: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(address, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
