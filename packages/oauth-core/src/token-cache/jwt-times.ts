import { ownMember, parseJsonObject } from "../protocol/json.ts";

/** Seconds since the Unix epoch. */
export interface JwtTimes {
  readonly expiresAt: number;
  readonly issuedAt: number | undefined;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads the times of a token that may be a JWT; `undefined` when it is none, or has no `exp`.
 *
 * Nothing is verified: to a client its token is opaque, and these are only a better guess than a constant.
 */
export function readJwtTimes(token: string): JwtTimes | undefined {
  const [, payload, signature, ...rest] = token.split(".", 4);
  if (payload === undefined || signature === undefined || rest.length > 0) return undefined;
  const claims = parseJsonObject(decodeText(payload) ?? "");
  if (claims === undefined) return undefined;
  const expiresAt = ownMember(claims, "exp");
  const issuedAt = ownMember(claims, "iat");
  if (!isInstant(expiresAt)) return undefined;
  return { expiresAt, issuedAt: isInstant(issuedAt) ? issuedAt : undefined };
}

function isInstant(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function decodeText(base64url: string): string | undefined {
  try {
    const binary = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
    return utf8.decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
