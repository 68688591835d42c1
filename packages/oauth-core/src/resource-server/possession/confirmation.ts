import type { JsonObject } from "../../protocol/json.ts";
import { ownMember } from "../../protocol/json.ts";

/** What whoever sends a token has to prove; at least one of the two. */
export interface Confirmation {
  /** The thumbprint of a key that signs DPoP proofs (RFC 9449 section 6.1). */
  readonly jkt?: string | undefined;

  /** The thumbprint of the certificate of the connection (RFC 8705 section 3.1). */
  readonly x5tS256?: string | undefined;
}

/**
 * Reads the `cnf` of a token; `undefined` when it names nothing that can be proven here, or names it in a wrong way.
 *
 * Other members are ignored beside one that is known, and never alone.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7800#section-3.1 | RFC 7800 section 3.1}
 */
export function parseConfirmation(cnf: JsonObject): Confirmation | undefined {
  const jkt = ownMember(cnf, "jkt");
  const x5tS256 = ownMember(cnf, "x5t#S256");
  if (jkt === undefined && x5tS256 === undefined) return undefined;
  return isThumbprint(jkt) && isThumbprint(x5tS256) ? { jkt, x5tS256 } : undefined;
}

/** A member of the wrong type is never taken as absent. */
function isThumbprint(value: unknown): value is string | undefined {
  return value === undefined || (typeof value === "string" && value !== "");
}
