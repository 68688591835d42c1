/**
 * A JSON object signed in the compact serialization of JWS: three segments, one signature.
 *
 * Reading decides nothing about trust. It refuses, before any cryptography, whatever another parser could understand
 * in another way.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7515#section-7.1 | RFC 7515 section 7.1}
 * @module
 */

import type { JwsDots, JwsTexts } from "../jws-texts.ts";
import type { Bytes, MaybePromise } from "../ports.ts";
import type { SignatureEngine, SigningKey } from "../signature-engine.ts";
import type { JsonObject } from "../protocol/json.ts";
import { ownMember } from "../protocol/json.ts";
import type { ProtocolFailure, Result } from "../result.ts";
import { ok, protocolFailure } from "../result.ts";
import { parseStrictJsonObject } from "./strict-json.ts";

/** The members of a header that are looked at; where keys come from is never among them. */
export interface JwsHeader {
  /** As sent: to be compared with the algorithm of the key, never to choose one. */
  readonly alg: string;
  readonly kid?: string | undefined;
  readonly typ?: string | undefined;

  /** All members. */
  readonly members: JsonObject;
}

/** A token taken apart; nothing in it has been verified. `Form` is what it holds to be verified: bytes, or texts. */
export interface CompactJws<Form extends string | Uint8Array = Uint8Array> {
  readonly header: JwsHeader;

  /** The first segment. */
  readonly encodedHeader: string;
  readonly payload: JsonObject;

  /** What the signature covers: the first two segments with their dot, in ASCII. */
  readonly signingInput: Form;

  /** A text is in base64url, without padding. */
  readonly signature: Form;
}

/** Why a token is refused unseen. */
export type JwsFailure = ProtocolFailure<
  "jws_too_large" | "jws_malformed" | "jws_header_invalid" | "jws_extension_unknown"
>;

/** What bounds a token that is read. */
export interface JwsLimits {
  /** Characters; longer tokens are `jws_too_large`. */
  readonly maxLength: number;

  /**
   * Reads segments that end with `=`, as some issuers write them against RFC 7515 section 2.
   *
   * It gives a token several spellings: what is remembered of tokens must go by their `jti`, not by their text.
   *
   * @defaultValue false
   */
  readonly acceptPadding?: boolean | undefined;
}

/** How a token is read. */
export interface JwsReading {
  /** @defaultValue 16 KiB */
  readonly maxLength?: number | undefined;

  /** As in {@link JwsLimits}. @defaultValue false */
  readonly acceptPadding?: boolean | undefined;

  /** Knows what {@link parseJwsHeader} made of a first segment before; what it does not know is parsed. */
  readonly findHeader?: ((encodedHeader: string) => JwsHeader | undefined) | undefined;
}

/** What signs: the header of {@link encodeJwsHeader} and the key that it names. */
export interface JwsSigningInput {
  readonly encodedHeader: string;
  readonly claims: JsonObject;
  readonly key: SigningKey;
}

/** 16 KiB, the usual bound of all header fields of a request together. */
export const defaultJwsLimits: JwsLimits = { maxLength: 16_384 };

/** Takes a token apart. */
export function parseCompactJws(
  token: string,
  bytes: Bytes,
  reading: JwsReading = {},
): Result<CompactJws, JwsFailure> {
  const texts = parseJwsTexts(token, bytes, reading);
  if (!texts.ok) return texts;
  const signature = bytes.decodeBase64url(texts.value.signature);
  if (signature === undefined) return malformed();
  const signingInput = bytes.encodeUtf8(texts.value.signingInput);
  return ok({ ...texts.value, signingInput, signature });
}

/** The same, as strict, for those who have a signature verified as it is written: no bytes are made. */
export function parseJwsTexts(
  token: string,
  bytes: Bytes,
  { maxLength = defaultJwsLimits.maxLength, acceptPadding = false, findHeader }: JwsReading = {},
): Result<CompactJws<string>, JwsFailure> {
  if (token.length > maxLength) {
    return protocolFailure("jws_too_large", "The token is too long", "RFC 7515 section 7.1");
  }
  // Found without splitting: a token of dots must not cost an array.
  const first = token.indexOf(".");
  const second = token.indexOf(".", first + 1);
  if (first < 1 || second === -1 || token.includes(".", second + 1)) return malformed();

  const read = acceptPadding ? withoutPadding : identity;
  const encodedHeader = read(token.slice(0, first));
  let header = findHeader?.(encodedHeader);
  if (header === undefined) {
    const parsed = parseJwsHeader(encodedHeader, bytes);
    if (!parsed.ok) return parsed;
    header = parsed.value;
  }
  const texts =
    acceptPadding || bytes.readJws === undefined
      ? readSegments(token, { first, second, read, bytes })
      : bytes.readJws(token, { first, second });
  if (texts === undefined) return malformed();
  const payload = parseStrictJsonObject(texts.payload);
  if (payload === undefined) return malformed();
  const { signingInput, signature } = texts;
  return ok({ header, encodedHeader, payload, signingInput, signature });
}

function readSegments(
  token: string,
  context: JwsDots & { readonly read: (segment: string) => string; readonly bytes: Bytes },
): JwsTexts | undefined {
  const { first, second, read, bytes } = context;
  const signature = read(token.slice(second + 1));
  if (signature === "" || !isBase64url(signature, bytes)) return undefined;
  const payload = decodeText(read(token.slice(first + 1, second)), bytes);
  if (payload === undefined) return undefined;
  return { payload, signingInput: token.slice(0, second), signature };
}

/** Reads the first segment of a token. */
export function parseJwsHeader(segment: string, bytes: Bytes): Result<JwsHeader, JwsFailure> {
  const members = decodeObject(segment, bytes);
  if (members === undefined) return malformed();
  // `enc` makes it a JWE (RFC 7516 section 9). None of the extensions that `crit` or `b64` ask for is implemented.
  if (["crit", "b64", "enc"].some((name) => Object.hasOwn(members, name))) {
    return protocolFailure(
      "jws_extension_unknown",
      "The token needs an extension that is not understood",
      "RFC 7515 section 4.1.11",
    );
  }
  const alg = ownMember(members, "alg");
  const kid = ownMember(members, "kid");
  const typ = ownMember(members, "typ");
  if (typeof alg !== "string" || !isOptionalText(kid) || !isOptionalText(typ)) {
    return protocolFailure(
      "jws_header_invalid",
      "A member of the token's header has the wrong type",
      "RFC 7515 section 4.1",
    );
  }
  return ok({ alg, kid, typ, members });
}

/**
 * Tells whether a header says that the token is of a kind, such as `at+jwt`.
 *
 * Media types compare without case, and `application/` may be left out.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7515#section-4.1.9 | RFC 7515 section 4.1.9}
 */
export function isOfType({ typ }: Pick<JwsHeader, "typ">, types: readonly string[]): boolean {
  if (typ === undefined) return false;
  const lower = typ.toLowerCase();
  return types.includes(lower.startsWith("application/") ? lower.slice(12) : lower);
}

/** Writes the first segment, once for each key. */
export function encodeJwsHeader(
  header: { readonly alg: string; readonly kid: string; readonly typ: string },
  bytes: Bytes,
): string {
  const { alg, typ, kid } = header;
  return bytes.encodeBase64url(bytes.encodeUtf8(JSON.stringify({ alg, typ, kid })));
}

/** Signs claims; at once or later, as the engine does. */
export function signCompactJws(
  input: JwsSigningInput,
  ports: { readonly bytes: Bytes; readonly signatureEngine: Pick<SignatureEngine, "sign"> },
): MaybePromise<string> {
  const { bytes, signatureEngine } = ports;
  const payload = bytes.encodeBase64url(bytes.encodeUtf8(JSON.stringify(input.claims)));
  const text = `${input.encodedHeader}.${payload}`;
  const assemble = (signature: Uint8Array): string => `${text}.${bytes.encodeBase64url(signature)}`;
  const signature = signatureEngine.sign(input.key, bytes.encodeUtf8(text));
  return signature instanceof Promise ? signature.then(assemble) : assemble(signature);
}

/** Takes off the padding that the length asks for; any other `=` stays, and is refused as a foreign character. */
function withoutPadding(segment: string): string {
  const end = segment.indexOf("=");
  if (end === -1 || segment.length % 4 !== 0 || segment.length - end > 2) return segment;
  return segment.slice(0, end);
}

function identity(segment: string): string {
  return segment;
}

function decodeObject(segment: string, bytes: Bytes): JsonObject | undefined {
  const text = decodeText(segment, bytes);
  return text === undefined ? undefined : parseStrictJsonObject(text);
}

function decodeText(segment: string, bytes: Bytes): string | undefined {
  if (bytes.decodeBase64urlUtf8 !== undefined) return bytes.decodeBase64urlUtf8(segment);
  const decoded = bytes.decodeBase64url(segment);
  return decoded && bytes.decodeUtf8(decoded);
}

function isBase64url(text: string, bytes: Bytes): boolean {
  return bytes.isBase64url?.(text) ?? bytes.decodeBase64url(text) !== undefined;
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === "string";
}

function malformed(): ReturnType<typeof protocolFailure<"jws_malformed">> {
  return protocolFailure("jws_malformed", "The token is not a compact JWS", "RFC 7515 section 7.1");
}
