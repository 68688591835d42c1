/**
 * What an issuer answers when it is asked for its keys.
 *
 * @module
 */

import type { HttpResponse } from "../http.ts";
import { headerValues, singleHeaderValue } from "../http.ts";
import type { Bytes } from "../ports.ts";
import { parseCacheControl } from "../protocol/cache-control.ts";
import type { JwkSetFailure, PublicJwk } from "../protocol/jwk-set.ts";
import { parseJwkSet } from "../protocol/jwk-set.ts";
import type { ProtocolFailure, Result } from "../result.ts";
import { ok, protocolFailure } from "../result.ts";

/** A document with keys. */
export interface ReceivedKeySet {
  readonly keys: readonly PublicJwk[];

  /** Seconds that the answer says it may be used; `undefined` when it does not. */
  readonly maxAgeSeconds: number | undefined;

  /** Names this version of the document, quotes included (RFC 9110 section 8.8.3); `undefined` without a usable one. */
  readonly etag: string | undefined;
}

/** Why an answer is refused. */
export type KeySetResponseFailure =
  | JwkSetFailure
  | ProtocolFailure<"jwks_status" | "jwks_too_large">;

/** Bytes of a document that is read at all. */
export const maxKeySetBytes = 65_536;
/** Keys of a document that is believed at all. */
export const maxKeySetKeys = 50;
const entityTag = /^(?:W\/)?"[\x21\x23-\x7e]{0,256}"$/;
const reference = "RFC 7517 section 5";

/** Reads an answer; only status 200 counts, so that a redirect is a refusal. */
export function parseKeySetResponse(
  response: HttpResponse,
  bytes: Bytes,
): Result<ReceivedKeySet, KeySetResponseFailure> {
  if (response.status !== 200) {
    return protocolFailure(
      "jwks_status",
      "The JWK Set was not answered with status 200",
      reference,
    );
  }
  if (response.body.length > maxKeySetBytes) {
    return protocolFailure("jwks_too_large", "The JWK Set is too large", reference);
  }
  // Invalid UTF-8 becomes an empty text, which is no JSON.
  const parsed = parseJwkSet(bytes.decodeUtf8(response.body) ?? "", maxKeySetKeys);
  if (!parsed.ok) return parsed;
  const etag = singleHeaderValue(response.headers, "etag");
  return ok({
    keys: parsed.value.keys,
    maxAgeSeconds: maxAgeOf(response),
    etag: etag !== undefined && entityTag.test(etag) ? etag : undefined,
  });
}

/** Returns the seconds that an answer says it may be used; `undefined` when it does not. */
export function maxAgeOf({ headers }: Pick<HttpResponse, "headers">): number | undefined {
  return parseCacheControl(headerValues(headers, "cache-control").join(",")).maxAgeSeconds;
}
