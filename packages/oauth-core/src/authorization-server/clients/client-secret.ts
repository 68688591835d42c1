/**
 * Client secrets: how they are made, how strong they must be, and how one is recognised by its digest.
 *
 * @module
 */

import type { Bytes, Digest, Random } from "../../ports.ts";
import type { ClientSecret } from "./client-record.ts";

const secretBytes = 32;
const checksumLength = 6;
const minSecretBits = 128;
const minDistinctCharacters = 8;

/** What a comparison with the secrets of a client found. */
export type SecretVerdict = "live" | "wrong" | "expired" | "not_yet_valid";

/**
 * Makes a secret of 256 bits: `credicorp_<environment>_`, the secret, and a checksum by which scanners of leaked
 * credentials tell it from other texts. It uses only `A-Za-z0-9_-`, so that every encoding of Basic agrees on it.
 */
export async function makeClientSecret(
  environment: string,
  ports: { readonly random: Random; readonly bytes: Bytes; readonly digest: Digest },
): Promise<string> {
  const secret = ports.bytes.encodeBase64url(ports.random.bytes(secretBytes));
  const text = `credicorp_${environment}_${secret}`;
  return text + (await checksum(text, ports));
}

/** Tells whether a text is a secret of {@link makeClientSecret}, by its checksum alone. */
export async function isMadeClientSecret(
  text: string,
  ports: { readonly bytes: Bytes; readonly digest: Digest },
): Promise<boolean> {
  if (!/^credicorp_[a-z]+_[A-Za-z0-9_-]{49}$/.test(text)) return false;
  const end = text.length - checksumLength;
  return text.slice(end) === (await checksum(text.slice(0, end), ports));
}

async function checksum(
  text: string,
  ports: { readonly bytes: Bytes; readonly digest: Digest },
): Promise<string> {
  const { bytes, digest } = ports;
  const hash = await digest.sha256(bytes.encodeUtf8(text));
  return bytes.encodeBase64url(hash).slice(0, checksumLength);
}

/**
 * Returns why a secret must not be used; `undefined` when it may.
 *
 * One SHA-256 protects a secret at rest only when nobody can try all of them: 128 bits, taking every character as
 * freely chosen from the classes that occur.
 */
export function clientSecretWeakness(secret: string): string | undefined {
  if (!/^[\x20-\x7e]*$/.test(secret)) return "has characters outside of printable ASCII";
  const classes: readonly (readonly [RegExp, number])[] = [
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/[0-9]/, 10],
    [/[^a-zA-Z0-9]/, 2],
  ];
  const alphabet = classes.reduce(
    (sum, [pattern, size]) => sum + (pattern.test(secret) ? size : 0),
    0,
  );
  const bits = secret.length * Math.log2(Math.max(1, alphabet));
  if (bits < minSecretBits || new Set(secret).size < minDistinctCharacters) {
    return `has less than ${minSecretBits} bits: use at least 22 random characters of A-Za-z0-9_-`;
  }
  return undefined;
}

/**
 * Compares the digest of a presented secret with every secret of a client, in time that depends on their number alone;
 * a client without secrets, or no client at all, costs one comparison.
 */
export function matchClientSecret(
  presented: Uint8Array,
  secrets: readonly ClientSecret[],
  context: { readonly now: number; readonly bytes: Bytes; readonly digest: Digest },
): { readonly verdict: SecretVerdict; readonly secret: ClientSecret | undefined } {
  const { now, bytes, digest } = context;
  let match: ClientSecret | undefined;
  for (const secret of secrets.length === 0 ? [unmatchable] : secrets) {
    const stored = bytes.decodeBase64url(secret.digest);
    const isEqual = stored !== undefined && digest.isEqual(stored, presented);
    // A live one wins over an expired one with the same digest.
    if (isEqual && (match === undefined || verdictOf(secret, now) === "live")) match = secret;
  }
  if (match === undefined || match === unmatchable) return { verdict: "wrong", secret: undefined };
  return { verdict: verdictOf(match, now), secret: match };
}

/** No input is known whose SHA-256 is zero. */
const unmatchable: ClientSecret = { digest: "A".repeat(43) };

function verdictOf(secret: ClientSecret, now: number): SecretVerdict {
  const { notBefore, expiresAt } = secret;
  if (notBefore !== undefined && !(now >= notBefore)) return "not_yet_valid";
  return expiresAt === undefined || now < expiresAt ? "live" : "expired";
}
