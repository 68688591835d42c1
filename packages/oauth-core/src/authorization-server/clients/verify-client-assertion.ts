/**
 * Client authentication by a signed assertion (`private_key_jwt`).
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7523#section-3 | RFC 7523 section 3}
 * @module
 */

import type { ClientAssertion, ClientAssertionClaims } from "../../jwt/client-assertion.ts";
import type { RefusalReason } from "../refusal.ts";
import type { ServerContext } from "../server-context.ts";
import type { SingleUse } from "../../stores/use-once.ts";
import type { AssertionObjection } from "./assertion-key.ts";
import { findAssertionKey } from "./assertion-key.ts";
import type { ClientRecord } from "./client-record.ts";
import { decoyKeys } from "./decoy-keys.ts";

/** How far an assertion may be dated ahead, and how long it may be over: clocks differ. */
const clockToleranceSeconds = 10;

/** How far ahead an assertion may end; a longer one would have to be remembered for longer. */
const maxLifetimeSeconds = 300;

/**
 * Returns why an assertion does not prove that its sender is the client; `undefined` when it does.
 *
 * One signature is checked whether or not the client and its key exist. Whether the assertion is new is not looked at.
 */
export async function verifyClientAssertion(
  assertion: ClientAssertion,
  client: ClientRecord | undefined,
  context: Pick<ServerContext, "policy" | "ports" | "importClientKey" | "clientKeySets">,
): Promise<AssertionObjection | undefined> {
  const { policy, ports, importClientKey } = context;
  const { algorithm, claims, signingInput, signature } = assertion;
  const own = await findAssertionKey(assertion, client, context);
  const key = own.ok ? own : await importClientKey(decoyKeys[algorithm], algorithm);
  const isGood = key.ok && (await ports.signatureEngine.verify(key.value, signingInput, signature));

  if (!own.ok) return own.failure;
  if (!isGood) return { why: "assertion_signature" };
  if (claims.issuer !== client?.id || claims.subject !== client.id) {
    return { why: "assertion_issuer" };
  }
  if (claims.audience !== policy.issuer) return { why: "assertion_audience" };
  const why = untimeliness(claims, ports.clock.now());
  return why && { why };
}

/** Returns what makes an assertion good for one use: ids may be as long as they like, and are kept as digests. */
export async function assertionUse(
  { claims }: Pick<ClientAssertion, "claims">,
  { bytes, digest }: Pick<ServerContext["ports"], "bytes" | "digest">,
): Promise<SingleUse> {
  const hash = bytes.encodeBase64url(await digest.sha256(bytes.encodeUtf8(claims.jti)));
  return {
    key: `client_assertion ${claims.subject} ${hash}`,
    expiresAt: claims.expiresAt + clockToleranceSeconds,
  };
}

/** Written so that a clock that yields NaN accepts nothing. */
function untimeliness(claims: ClientAssertionClaims, now: number): RefusalReason | undefined {
  const { expiresAt, issuedAt = now, notBefore = now } = claims;
  if (!(now < expiresAt + clockToleranceSeconds)) return "assertion_expired";
  const latest = now + clockToleranceSeconds;
  if (!(issuedAt <= latest && notBefore <= latest)) return "assertion_not_yet_valid";
  return expiresAt <= latest + maxLifetimeSeconds ? undefined : "assertion_lifetime";
}
