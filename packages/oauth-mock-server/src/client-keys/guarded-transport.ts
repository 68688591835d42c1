/**
 * A transport for addresses that others have a say in: https to public addresses alone.
 *
 * @module
 */

import { lookup as lookUpName } from "node:dns/promises";
import type { LookupAddress } from "node:dns";
import type { ClientRequest, IncomingMessage } from "node:http";
import type { RequestOptions } from "node:https";
import { request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import { isIP } from "node:net";
import { callbackify } from "node:util";

import type {
  HeaderList,
  HttpRequest,
  HttpResponse,
  HttpTransport,
  TransportOptions,
} from "@credicorp/oauth-core";
import { failed, ok } from "@credicorp/oauth-core";

import { isPublicAddress } from "./public-address.ts";

/** Where a guarded transport may go. */
export interface GuardedTransportOptions {
  /** Allows loopback and private networks too. @defaultValue false */
  readonly allowPrivateAddresses?: boolean | undefined;

  /** Certificates of authorities in PEM, in place of those that Node trusts. */
  readonly trustedCertificates?: readonly string[] | undefined;

  /** Finds all addresses of a name. @defaultValue the resolver of the machine */
  readonly resolve?: ((hostname: string) => Promise<readonly LookupAddress[]>) | undefined;
}

/**
 * Makes a transport over https, to allowed addresses, that follows no redirect and keeps no connection.
 *
 * A name is resolved once for each connection, and what is checked is what is connected to: a name that answers
 * differently the next time (DNS rebinding) gains nothing. One address that is not allowed refuses the whole name.
 */
export function createGuardedTransport(options: GuardedTransportOptions = {}): HttpTransport {
  const { allowPrivateAddresses, trustedCertificates, resolve = resolveAll } = options;
  const isAllowedAddress = (address: string): boolean =>
    isPublicAddress(address, { allowPrivateAddresses });
  const lookup = guardLookup(resolve, isAllowedAddress);
  const settings: RequestOptions = {
    agent: false,
    lookup,
    // Said, so that no environment variable says otherwise.
    rejectUnauthorized: true,
    ...(trustedCertificates !== undefined && { ca: [...trustedCertificates] }),
  };
  return async (request, limits) => {
    if (limits.signal?.aborted) return failed({ kind: "aborted" });
    const url = new URL(request.url);
    const host = url.hostname.replace(/^\[|\]$/g, "");
    // An address needs no resolver, and so would not meet the guard.
    const isRefused = isIP(host) !== 0 && !isAllowedAddress(host);
    if (url.protocol !== "https:" || url.username !== "" || url.password !== "" || isRefused) {
      return failed({ kind: "network", cause: new Error("The URL is not allowed") });
    }
    return send(request, limits, settings);
  };
}

const resolveAll = async (hostname: string): Promise<readonly LookupAddress[]> =>
  lookUpName(hostname, { all: true });

function guardLookup(
  resolve: (hostname: string) => Promise<readonly LookupAddress[]>,
  isAllowedAddress: (address: string) => boolean,
): LookupFunction {
  const find = callbackify(
    async (hostname: string): Promise<[LookupAddress, ...LookupAddress[]]> => {
      const [first, ...others] = await resolve(hostname);
      if (first === undefined) throw new Error("The name has no address");
      if (![first, ...others].every(({ address }) => isAllowedAddress(address))) {
        throw new Error("The name has an address that is not allowed");
      }
      return [first, ...others];
    },
  );
  return (hostname, { all }, callback) => {
    find(hostname, (error, addresses) => {
      if (error !== null) callback(error, "");
      else if (all === true) callback(null, addresses);
      else callback(null, addresses[0].address, addresses[0].family);
    });
  };
}

function send(
  { method, url, headers, body }: HttpRequest,
  { signal, timeoutMs, maxBodyBytes }: TransportOptions,
  settings: RequestOptions,
): ReturnType<HttpTransport> {
  return new Promise((resolve) => {
    const sent: ClientRequest = httpsRequest(url, { ...settings, method });
    const settle = (result: Awaited<ReturnType<HttpTransport>>): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      sent.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => settle(failed({ kind: "timeout" })), timeoutMs);
    const abort = (): void => settle(failed({ kind: "aborted" }));
    signal?.addEventListener("abort", abort);
    for (const [name, value] of headers) sent.appendHeader(name, value);
    sent.on("error", (cause) => settle(failed({ kind: "network", cause })));
    sent.on("response", (response) => {
      readBounded(response, maxBodyBytes).then(
        (read) => settle(read === undefined ? failed({ kind: "too_large" }) : ok(read)),
        (cause: unknown) => settle(failed({ kind: "network", cause })),
      );
    });
    sent.end(body);
  });
}

async function readBounded(
  response: IncomingMessage,
  maxBytes: number,
): Promise<HttpResponse | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  const headers: HeaderList = Object.entries(response.headersDistinct).flatMap(
    ([name, values = []]) => values.map((value): [string, string] => [name, value]),
  );
  return { status: response.statusCode ?? 0, headers, body: Buffer.concat(chunks) };
}
