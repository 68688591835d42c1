/**
 * Where the keys of a remote set come from.
 *
 * @module
 */

import type { Bytes, CancelSignal, HttpTransport } from "../ports.ts";
import type { Result } from "../result.ts";
import { failed } from "../result.ts";
import type { ReceivedKeySet } from "./key-set-response.ts";
import { maxKeySetBytes, parseKeySetResponse } from "./key-set-response.ts";

/** One attempt to have the keys. */
export interface KeySetRequest {
  /** Ends the attempt early. */
  readonly signal: CancelSignal;
}

/** Why the keys could not be had. */
export interface KeySetSourceFailure {
  /** Such as `network`, `timeout`, `jwks_status`, `metadata_issuer_mismatch`. */
  readonly code: string;
}

/** Has the keys fetched once. */
export type KeySetSource = (
  request: KeySetRequest,
) => Promise<Result<ReceivedKeySet, KeySetSourceFailure>>;

/** What a fetch needs from outside. */
export interface KeySetFetchPorts {
  readonly transport: HttpTransport;
  readonly bytes: Bytes;
}

/** Fetches the JWK Set at a URL, of which the caller knows that it may be asked; follows no redirect. */
export async function fetchKeySet(
  url: string,
  request: KeySetRequest & {
    /** Milliseconds until the whole answer has been read. */
    readonly timeoutMs: number;
  },
  { transport, bytes }: KeySetFetchPorts,
): Promise<Result<ReceivedKeySet, KeySetSourceFailure>> {
  const { signal, timeoutMs } = request;
  const response = await transport(
    { method: "GET", url, headers: [["Accept", "application/json"]] },
    { signal, timeoutMs, maxBodyBytes: maxKeySetBytes },
  );
  if (!response.ok) return failed({ code: response.failure.kind });
  return parseKeySetResponse(response.value, bytes);
}
