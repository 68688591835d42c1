import type { Peer } from "@credicorp/oauth-core";

import { deliverResponse } from "./delivered-response.ts";
import type { SandboxHandler } from "./sandbox-response.ts";
import type { CertificateTrust } from "./shown-certificate.ts";
import { readShownCertificate } from "./shown-certificate.ts";

/** What a request is sent with. */
export interface SandboxRequestInit extends RequestInit {
  /**
   * The certificate that the client connects with, in PEM, and those between it and an authority, if there are any. It is
   * judged as TLS would: by `tls.clientCertificateAuthorities`, or as `clientCertificateHeader` says. That the client has
   * the key is taken for granted.
   */
  readonly clientCertificate?: string | undefined;
}

/** A standard `fetch` that a server answers without a port. */
export type SandboxFetch = (
  input: string | URL | Request,
  init?: SandboxRequestInit,
) => Promise<Response>;

// Without a connection there is no address: all callers in the process share this one.
const inProcess: Peer = { address: "127.0.0.1", secure: false };

/**
 * Makes a `fetch` over `handle`. Relative URLs are resolved against the issuer; other origins are refused, so that a
 * test that goes astray does not reach the network.
 */
export function createFetch(options: {
  readonly handle: SandboxHandler;
  readonly issuer: () => string;
  readonly maxBodyBytes: number;

  /** Tells the paths that are answered for. */
  readonly isOwnPath: (path: string) => boolean;

  /** What decides what the certificates of clients are worth. */
  readonly certificateTrust: CertificateTrust;
}): SandboxFetch {
  const { handle, issuer, maxBodyBytes, isOwnPath, certificateTrust } = options;
  return async (input, init) => {
    const base = issuer();
    const request = new Request(
      input instanceof Request ? input : new URL(input, `${base}/`),
      init,
    );
    const url = new URL(request.url);
    if (url.origin !== new URL(base).origin || !isOwnPath(url.pathname)) {
      throw new TypeError(`This fetch answers for ${base} only`);
    }
    request.signal.throwIfAborted();
    const response = await handle({
      method: request.method,
      target: url.pathname + url.search,
      headers: [...request.headers],
      body: await readAtMost(request.body, maxBodyBytes + 1),
      peer:
        init?.clientCertificate === undefined
          ? inProcess
          : { ...inProcess, ...readShownCertificate(init.clientCertificate, certificateTrust) },
    });
    const isHead = request.method === "HEAD";
    return deliverResponse(response, { isHead, signal: request.signal });
  };
}

async function readAtMost(
  stream: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (stream !== null) {
    for await (const chunk of stream) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= maxBytes) break;
    }
  }
  return Buffer.concat(chunks).subarray(0, maxBytes);
}
