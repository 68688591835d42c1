/**
 * All that core needs from outside: time, randomness, bytes, digests, signatures, HTTP and state.
 *
 * Members are function-typed properties, so that they may be destructured and wrapped.
 *
 * @module
 */

import type { HttpRequest, HttpResponse, TransportFailure } from "./http.ts";
import type { JwsDots, JwsTexts } from "./jws-texts.ts";
import type { MaybePromise } from "./maybe-promise.ts";
import type { Result } from "./result.ts";

export type { MaybePromise } from "./maybe-promise.ts";

/** The only source of time. */
export interface Clock {
  /** Seconds since the Unix epoch (NumericDate of RFC 7519); may have a fraction, may jump. */
  readonly now: () => number;

  /** Milliseconds since some fixed moment; never runs backwards. */
  readonly monotonicMs: () => number;
}

/** What core needs to know of an `AbortSignal`. */
export interface CancelSignal {
  readonly aborted: boolean;
  readonly reason?: unknown;
  readonly addEventListener: (type: "abort", listener: () => void) => void;
  readonly removeEventListener: (type: "abort", listener: () => void) => void;
}

/** Resolves after `ms` milliseconds, or earlier when the signal aborts; never rejects. */
export type Sleep = (ms: number, signal?: CancelSignal) => Promise<void>;

/** Cryptographically secure randomness. */
export interface Random {
  readonly bytes: (length: number) => Uint8Array;

  /** A number in [0, 1). */
  readonly fraction: () => number;
}

/** Conversions between text and bytes. */
export interface Bytes {
  readonly encodeBase64url: (bytes: Uint8Array) => string;

  /** Returns `undefined` unless the text is canonical: the alphabet of RFC 4648 section 5, no padding, zero tail bits. */
  readonly decodeBase64url: (text: string) => Uint8Array<ArrayBuffer> | undefined;

  readonly encodeUtf8: (text: string) => Uint8Array<ArrayBuffer>;

  /** Returns `undefined` for invalid UTF-8; a byte order mark is kept as U+FEFF. */
  readonly decodeUtf8: (bytes: Uint8Array) => string | undefined;

  /** The two decodings in one, where the platform does that faster than one after the other. */
  readonly decodeBase64urlUtf8?: ((text: string) => string | undefined) | undefined;

  /** Tells whether `decodeBase64url` would decode a text, where the platform tells that faster. */
  readonly isBase64url?: ((text: string) => boolean) | undefined;

  /**
   * Takes a compact JWS apart at its two dots, where the platform does that faster than segment by segment: `undefined`
   * unless `decodeBase64url` would decode the last two segments, the payload to UTF-8 and the signature to any byte.
   */
  readonly readJws?: ((token: string, dots: JwsDots) => JwsTexts | undefined) | undefined;
}

/** SHA-256 and the comparison of its results. */
export interface Digest {
  readonly sha256: (bytes: Uint8Array) => MaybePromise<Uint8Array>;

  /** Compares in time that depends on the lengths alone. */
  readonly isEqual: (left: Uint8Array, right: Uint8Array) => boolean;
}

/** The names of a certificate beside its subject (RFC 5280 section 4.2.1.6). */
export interface SubjectAlternativeNames {
  readonly dns: readonly string[];
  readonly uri: readonly string[];

  /** As text, IPv6 in any spelling. */
  readonly ip: readonly string[];
  readonly email: readonly string[];
}

/** What a certificate says; nothing about who issued it, and whether that may be believed. */
export interface CertificateDetails {
  /** In the form of RFC 4514, the most specific name first; empty when there is no subject. */
  readonly subjectDn: string;
  readonly subjectAlternativeNames: SubjectAlternativeNames;

  /** Seconds since the Unix epoch. */
  readonly notBefore: number;

  /** Seconds since the Unix epoch; the last moment at which it is valid. */
  readonly notAfter: number;
}

/** Reads X.509 certificates. */
export interface CertificateReader {
  /** Fails with the reason when the DER bytes are no certificate, or say something that cannot be written as text. */
  readonly read: (der: Uint8Array) => MaybePromise<Result<CertificateDetails, string>>;
}

/** How one request is sent. */
export interface TransportOptions {
  readonly signal?: CancelSignal;

  /** Milliseconds from the start until the body has been read. */
  readonly timeoutMs: number;

  /** A longer body is the failure `too_large`. */
  readonly maxBodyBytes: number;
}

/** Sends one request, follows no redirect, uses no cache, and reads the whole answer; never rejects. */
export type HttpTransport = (
  request: HttpRequest,
  options: TransportOptions,
) => Promise<Result<HttpResponse, TransportFailure>>;

/** Remembers what must be seen only once. */
export interface ReplayStore {
  /** Resolves to `true` for the one caller that put `key` first; the key is forgotten at `expiresAt` (epoch seconds). */
  readonly putIfAbsent: (key: string, expiresAt: number) => MaybePromise<boolean>;
}

/** A budget: `limit` requests in `windowSeconds`, spread evenly with bursts of up to `limit`. */
export interface RateLimit {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** What is left of a budget. */
export interface RateLimitState {
  readonly allowed: boolean;
  readonly remaining: number;

  /** Seconds until the whole budget is there again. */
  readonly resetAfterSeconds: number;

  /** Seconds until the next request may pass; 0 when one may pass now. */
  readonly retryAfterSeconds: number;
}

/** Counts requests against budgets, without losing an update. */
export interface RateLimiter {
  /** Charges one request when `cost` is 1; looks without charging when it is 0. */
  readonly take: (key: string, limit: RateLimit, cost: 0 | 1) => MaybePromise<RateLimitState>;
}

/** A stored value and the version that a compare-and-set needs. */
export interface VersionedRecord<Value> {
  readonly id: string;
  readonly version: number;
  readonly value: Value;
}

/**
 * Rows that are few, read often and written seldom: clients with their secrets, signing keys.
 *
 * Each node may keep what it has read for a while. A compare-and-set is decided by the store itself, though, and ends
 * what the node has kept: afterwards `get` and `list` answer what the store holds then.
 */
export interface RecordStore<Value> {
  readonly get: (id: string) => MaybePromise<VersionedRecord<Value> | undefined>;
  readonly list: () => MaybePromise<readonly VersionedRecord<Value>[]>;

  /** Writes when the stored version equals `expectedVersion` (0: must not exist); tells whether it did. */
  readonly compareAndSet: (
    id: string,
    expectedVersion: number,
    value: Value | undefined,
  ) => MaybePromise<boolean>;
}

/** What has been revoked: one token, all tokens of a client issued before an instant, or all that a key ever signed. */
export type Revocation =
  | {
      readonly kind: "token";
      readonly jti: string;

      /** When the revocation may be forgotten, in epoch seconds: nobody accepts the token any more. */
      readonly expiresAt: number;
    }
  | {
      readonly kind: "client";
      readonly clientId: string;

      /** Epoch seconds, to be compared with the `iat` of tokens. */
      readonly notBefore: number;
    }
  | { readonly kind: "key"; readonly kid: string };

/** An append-only list of revocations; `cursor` says how far a reader has read. */
export interface RevocationFeed {
  readonly append: (revocation: Revocation) => MaybePromise<void>;
  readonly poll: (
    cursor: string | undefined,
  ) => MaybePromise<{ readonly cursor: string; readonly revocations: readonly Revocation[] }>;

  /** Calls `listener` for every later revocation, until the returned function is called. */
  readonly subscribe: (listener: (revocation: Revocation) => void) => () => void;
}
