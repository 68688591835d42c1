import type { CompactJws, JwsFailure, JwsHeader, JwsLimits } from "../../jwt/compact-jws.ts";
import { parseCompactJws, parseJwsHeader } from "../../jwt/compact-jws.ts";
import { parseSignatureAlgorithm } from "../../jwt/jwk-algorithm.ts";
import type { KeyQuery } from "../../key-set/key-set-key.ts";
import type { Bytes } from "../../ports.ts";
import { ownText } from "../../protocol/json.ts";
import type { FindIssuer, TrustedIssuer } from "../trusted-issuer.ts";
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

  /** By whose rules it goes; absent: it is of none that is trusted. */
  readonly issuer?: TrustedIssuer | undefined;

  /** The key that it asks for; absent where its algorithm is not accepted: no such key would be had. */
  readonly query?: KeyQuery | undefined;
  readonly claims?: ReadableClaims | undefined;
}

/** Reads a token in the way of verification, and goes on where that ends. */
export function readToken(
  token: string,
  context: { readonly findIssuer: FindIssuer; readonly limits: JwsLimits; readonly bytes: Bytes },
): TokenReading {
  const { findIssuer, limits, bytes } = context;
  const { length } = token;
  const { maxLength, acceptPadding } = limits;
  const jws = parseCompactJws(token, bytes, { maxLength, acceptPadding });
  if (!jws.ok) {
    const issuer = findIssuer(undefined);
    if (length > maxLength) return { length, issuer, formFailure: jws.failure };
    const segments = token.split(".").length;
    const header = readHeader(token, bytes);
    return { length, segments, issuer, formFailure: jws.failure, header };
  }
  const { header, payload } = jws.value;
  const issuer = findIssuer(ownText(payload, "iss"));
  const algorithm = parseSignatureAlgorithm(header.alg);
  const isAccepted = algorithm !== undefined && issuer?.policy.algorithms.includes(algorithm);
  const query = isAccepted === true ? { kid: header.kid, algorithm } : undefined;
  return { length, header, jws: jws.value, issuer, query, claims: readClaims(payload) };
}

function readHeader(token: string, bytes: Bytes): JwsHeader | undefined {
  const header = parseJwsHeader(token.slice(0, Math.max(token.indexOf("."), 0)), bytes);
  return header.ok ? header.value : undefined;
}
