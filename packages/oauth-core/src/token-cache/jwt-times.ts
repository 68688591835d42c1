import { ownMember, parseJsonObject } from "../protocol/json.ts";

/** Seconds since the Unix epoch. */
export interface JwtTimes {
  readonly expiresAt: number;
  readonly issuedAt: number | undefined;
}

/**
 * Reads the times of a token that may be a JWT; `undefined` when it is none, or has no `exp`.
 *
 * Nothing is verified: to a client its token is opaque, and these are only a better guess than a constant.
 */
export function readJwtTimes(token: string): JwtTimes | undefined {
  const [, payload, signature, ...rest] = token.split(".", 4);
  if (payload === undefined || signature === undefined || rest.length > 0) return undefined;
  const claims = parseJsonObject(decodeLatin1(payload) ?? "");
  const expiresAt = claims && ownMember(claims, "exp");
  if (!isInstant(expiresAt)) return undefined;
  const issuedAt = claims && ownMember(claims, "iat");
  return { expiresAt, issuedAt: isInstant(issuedAt) ? issuedAt : undefined };
}

function isInstant(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** Reads each byte as a character: names and numbers are ASCII, and nothing else of the payload is looked at. */
function decodeLatin1(base64url: string): string | undefined {
  try {
    return atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return undefined;
  }
}
