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
  const [, payload = "", ...rest] = token.split(".", 4);
  if (rest.length !== 1) return undefined;
  const claims = parseJsonObject(decodeLatin1(payload)) ?? {};
  const expiresAt = finiteNumber(ownMember(claims, "exp"));
  if (expiresAt === undefined) return undefined;
  return { expiresAt, issuedAt: finiteNumber(ownMember(claims, "iat")) };
}

function finiteNumber(value: unknown): number | undefined {
  return Number.isFinite(value) ? (value as number) : undefined;
}

/** Reads each byte as a character: names and numbers are ASCII, and nothing else of the payload is looked at. */
function decodeLatin1(base64url: string): string {
  try {
    return atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return "";
  }
}
