import type { AccessTokenClaims } from "../../jwt/access-token-claims.ts";
import { signatureAlgorithms } from "../../jwt/jwk-algorithm.ts";
import type { AccessTokenPolicy } from "../../jwt/verify-access-token.ts";
import { concludeVerification, prepareVerification } from "../../jwt/verify-access-token.ts";
import type { Result } from "../../result.ts";
import { failed } from "../../result.ts";
import type { InactiveReason } from "../audit-event.ts";
import type { ServerContext } from "../server-context.ts";

/**
 * Verifies a token that this server is asked about: signature first, then claims, then what is stored.
 *
 * Whatever is not a live token of this server fails, for a reason that callers are not told.
 */
export async function verifyOwnToken(
  token: string,
  context: Pick<ServerContext, "policy" | "ports" | "keyRing" | "revocations">,
): Promise<Result<AccessTokenClaims, InactiveReason>> {
  const { policy, ports, keyRing, revocations } = context;
  const tokenPolicy: AccessTokenPolicy = {
    issuer: policy.issuer,
    // Whom the token concerns is decided per caller.
    audience: null,
    algorithms: signatureAlgorithms,
    tokenTypes: ["at+jwt"],
    clockToleranceSeconds: 0,
  };
  const prepared = prepareVerification(token, { policy: tokenPolicy, bytes: ports.bytes });
  if (!prepared.ok) return failed(prepared.failure.code);
  const { kid, algorithm, signingInput, signature } = prepared.value;
  const key = await keyRing.verificationKey(kid, algorithm);
  if (key === undefined) return failed("key_not_found");

  const isGood = await ports.signatureEngine.verify(key, signingInput, signature);
  const verified = concludeVerification(prepared.value, {
    isGood,
    policy: tokenPolicy,
    now: ports.clock.now(),
  });
  if (!verified.ok) return failed(verified.failure.code);
  const { jti, clientId, issuedAt } = verified.value;
  const isRevoked = await revocations.isRevoked({ jti, clientId, issuedAt, kid });
  return isRevoked ? failed("revoked") : verified;
}
