/**
 * HTTP as data: what a server receives and answers, and what a client sends and reads.
 *
 * @module
 */

/** Header fields in the order received, names as sent; a repeated field appears repeatedly. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** Who is on the other end of the connection. */
export interface Peer {
  /** IP address, after trusted proxies have been taken into account. */
  readonly address: string;

  /** DER bytes of the client certificate whose private key the TLS layer saw used. */
  readonly certificate?: Uint8Array | undefined;

  /**
   * Whether the TLS layer verified the chain of `certificate` up to an authority that it was configured with; of a
   * self-signed certificate it cannot be said. Absent: no.
   */
  readonly isCertificateChainVerified?: boolean | undefined;

  /** Whether the connection is TLS, seen from the outermost trusted hop. */
  readonly secure: boolean;
}

/** A request as the server's shell received it, nothing interpreted. */
export interface ServerRequest {
  /** The method, case as sent. */
  readonly method: string;

  /** The request target: path and query in origin form. */
  readonly target: string;

  readonly headers: HeaderList;

  /** The body; a shell may stop reading one byte after the stated limit, so that core can tell. */
  readonly body: Uint8Array;

  readonly peer: Peer;
}

/** An answer for the shell to send as it is. */
export interface ServerResponse {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: string;
}

/** A request for the {@link HttpTransport} port to send. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: HeaderList;
  readonly body?: string;
}

/** A whole answer, whatever its status. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
}

/** Why no answer arrived; `cause` is the transport's own error, for debugging only. */
export interface TransportFailure {
  readonly kind: "network" | "timeout" | "aborted" | "too_large";
  readonly cause?: unknown;
}

/** Returns every value of a field, by a name in lower case. */
export function headerValues(headers: HeaderList, name: string): readonly string[] {
  const values: string[] = [];
  for (const [key, value] of headers) {
    if (key.length === name.length && key.toLowerCase() === name) values.push(value);
  }
  return values;
}

/** Returns the only value of a field, by a name in lower case; `undefined` when absent or repeated. */
export function singleHeaderValue(headers: HeaderList, name: string): string | undefined {
  const values = headerValues(headers, name);
  return values.length === 1 ? values[0] : undefined;
}
