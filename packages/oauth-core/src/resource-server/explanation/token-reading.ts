import type { AccessTokenPolicy } from "../../jwt/verify-access-token.ts";
import type { CompactJws, JwsFailure, JwsHeader } from "../../jwt/compact-jws.ts";
import { defaultJwsLimits, parseCompactJws, parseJwsHeader } from "../../jwt/compact-jws.ts";
import { parseSignatureAlgorithm } from "../../jwt/jwk-algorithm.ts";
import type { KeyQuery } from "../../key-set/key-set-key.ts";
import type { Bytes } from "../../ports.ts";
import type { ReadableClaims } from "./faulty-claims.ts";
import { readClaims } from "./faulty-claims.ts";

/** What can be read of a token, whoever wrote it. */
export interface TokenReading {
  readonly length: number;

  /** Absent where it is too long to be looked at. */
  readonly segments?: number | undefined;

  /** Why it is no well-formed token; absent: it is one. */
  readonly formFailure?: JwsFailure | undefined;

  /** Absent where not even that much is well formed. */
  readonly header?: JwsHeader | undefined;
  readonly jws?: CompactJws | undefined;

  /** The key that it asks for; absent where its algorithm is not accepted: no such key would be had. */
  readonly query?: KeyQuery | undefined;
  readonly claims?: ReadableClaims | undefined;
}

/** Reads a token in the way of verification, and goes on where that ends. */
export function readToken(
  token: string,
  { policy, bytes }: { readonly policy: AccessTokenPolicy; readonly bytes: Bytes },
): TokenReading {
  const { length } = token;
  const { maxLength, acceptPadding } = policy.limits ?? defaultJwsLimits;
  const jws = parseCompactJws(token, bytes, { maxLength, acceptPadding });
  if (!jws.ok) {
    if (length > maxLength) return { length, formFailure: jws.failure };
    const segments = token.split(".").length;
    return { length, segments, formFailure: jws.failure, header: readHeader(token, bytes) };
  }
  const { header, payload } = jws.value;
  const algorithm = parseSignatureAlgorithm(header.alg);
  const isAccepted = algorithm !== undefined && policy.algorithms.includes(algorithm);
  const query = isAccepted ? { kid: header.kid, algorithm } : undefined;
  return { length, header, jws: jws.value, query, claims: readClaims(payload) };
}

function readHeader(token: string, bytes: Bytes): JwsHeader | undefined {
  const header = parseJwsHeader(token.slice(0, Math.max(token.indexOf("."), 0)), bytes);
  return header.ok ? header.value : undefined;
}
