/**
 * Where the keys of a remote set come from.
 *
 * @module
 */

import type { HeaderList } from "../http.ts";
import type { Bytes, CancelSignal, HttpTransport } from "../ports.ts";
import type { PublicJwk } from "../protocol/jwk-set.ts";
import type { Result } from "../result.ts";
import { failed, ok } from "../result.ts";
import { maxAgeOf, maxKeySetBytes, parseKeySetResponse } from "./key-set-response.ts";

/** One attempt to have the keys. */
export interface KeySetRequest {
  /** Ends the attempt early. */
  readonly signal: CancelSignal;

  /** Names the document that the keys at hand are from, so that it need not be sent again; absent: there is none. */
  readonly validator?: KeySetValidator | undefined;
}

/** A version of the document at one address. */
export interface KeySetValidator {
  readonly url: string;
  readonly etag: string;
}

/** What an attempt brought. */
export type KeySetAnswer =
  | {
      readonly kind: "received";
      readonly keys: readonly PublicJwk[];

      /** Seconds that the answer says it may be used; `undefined` when it does not. */
      readonly maxAgeSeconds: number | undefined;
      readonly validator?: KeySetValidator | undefined;
    }
  /** The document is the one that the request named. */
  | { readonly kind: "unchanged"; readonly maxAgeSeconds: number | undefined };

/** Why the keys could not be had. */
export interface KeySetSourceFailure {
  /** Such as `network`, `timeout`, `jwks_status`, `metadata_issuer_mismatch`. */
  readonly code: string;
}

/** Has the keys fetched once. */
export type KeySetSource = (
  request: KeySetRequest,
) => Promise<Result<KeySetAnswer, KeySetSourceFailure>>;

/** What a fetch needs from outside. */
export interface KeySetFetchPorts {
  readonly transport: HttpTransport;
  readonly bytes: Bytes;
}

/**
 * Fetches the JWK Set at a URL, of which the caller knows that it may be asked; follows no redirect.
 *
 * The document that the request names need not be sent again when it is from this very URL.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2 | RFC 9110 section 13.1.2}
 */
export async function fetchKeySet(
  url: string,
  request: KeySetRequest & {
    /** Milliseconds until the whole answer has been read. */
    readonly timeoutMs: number;
  },
  { transport, bytes }: KeySetFetchPorts,
): Promise<Result<KeySetAnswer, KeySetSourceFailure>> {
  const { signal, timeoutMs, validator } = request;
  const etag = validator?.url === url ? validator.etag : undefined;
  const condition: HeaderList = etag === undefined ? [] : [["If-None-Match", etag]];
  const response = await transport(
    { method: "GET", url, headers: [["Accept", "application/json"], ...condition] },
    { signal, timeoutMs, maxBodyBytes: maxKeySetBytes },
  );
  if (!response.ok) return failed({ code: response.failure.kind });
  if (response.value.status === 304 && etag !== undefined) {
    return ok({ kind: "unchanged", maxAgeSeconds: maxAgeOf(response.value) });
  }
  const received = parseKeySetResponse(response.value, bytes);
  if (!received.ok) return received;
  const { keys, maxAgeSeconds, etag: newTag } = received.value;
  const named = newTag === undefined ? undefined : { url, etag: newTag };
  return ok({ kind: "received", keys, maxAgeSeconds, validator: named });
}
