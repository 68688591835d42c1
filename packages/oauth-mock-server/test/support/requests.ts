import { request } from "node:http";
import type { IncomingHttpHeaders } from "node:http";

import type { SandboxClient } from "@credicorp/oauth-mock-server";

/** What came back over a socket. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends a request that `fetch` would refuse to send, or would tidy up. */
export function sendRaw(
  url: string,
  options: {
    readonly method?: string;
    readonly path?: string;

    /** Names and values in turn, repeated names included. */
    readonly headers?: readonly string[];
    readonly body?: string | Buffer;
  } = {},
): Promise<RawAnswer> {
  const { host } = new URL(url);
  return sendTo(url, { ...options, headers: ["Host", host, ...(options.headers ?? [])] });
}

/** Sends a request with these fields and no others, `Host` included. */
export function sendTo(
  url: string,
  options: {
    readonly method?: string;
    readonly path?: string;
    readonly headers: readonly string[];
    readonly body?: string | Buffer;
  },
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const { method = "GET", path = "/", headers, body } = options;
  return new Promise((resolve, reject) => {
    const length = body === undefined ? [] : ["Content-Length", String(Buffer.byteLength(body))];
    const sent = request({
      hostname,
      port,
      method,
      path,
      headers: [...headers, ...length],
      agent: false,
    });
    sent.on("error", reject);
    sent.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    sent.end(body);
  });
}

/** Returns the `Authorization` value of a client. */
export function basic({ id, secret }: Pick<SandboxClient, "id" | "secret">): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
}

/** Returns the init of a token request. */
export function tokenRequest(
  client: SandboxClient,
  fields: Readonly<Record<string, string>> = {},
): RequestInit {
  return {
    method: "POST",
    headers: { authorization: basic(client) },
    body: new URLSearchParams({ grant_type: "client_credentials", ...fields }),
  };
}
