import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

import type { HeaderList } from "@credicorp/oauth-core";
import { ConfigurationError, singleHeaderValue } from "@credicorp/oauth-core";

const tokenBytes = 32;

// 22 characters of base64url hold 128 bits; no other characters are fit for a header (RFC 6750 section 2.1).
const tokenForm = /^[A-Za-z0-9._~+/-]{22,512}=*$/;

/**
 * Returns the token that was given, or a random one of 256 bits.
 *
 * @throws {@link ConfigurationError} for one that is too short to be unguessable
 */
export function resolveAdminToken(given: string | undefined): string {
  if (given === undefined) return `sandbox_admin_${randomBytes(tokenBytes).toString("base64url")}`;
  if (tokenForm.test(given)) return given;
  throw new ConfigurationError(
    "adminToken",
    "adminToken must be 22 characters or more, of those of base64: 128 random bits, such as `openssl rand -hex 32` makes",
  );
}

/** Makes the check of an `Authorization` field against tokens; how long it takes tells nothing about them. */
export function createTokenCheck(tokens: readonly string[]): (headers: HeaderList) => boolean {
  const digests = tokens.map(sha256);
  return (headers) => {
    const field = singleHeaderValue(headers, "authorization") ?? "";
    const shown = /^Bearer +(\S+)$/i.exec(field)?.[1];
    if (shown === undefined) return false;
    const digest = sha256(shown);
    let isKnown = false;
    for (const known of digests) isKnown = timingSafeEqual(known, digest) || isKnown;
    return isKnown;
  };
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
