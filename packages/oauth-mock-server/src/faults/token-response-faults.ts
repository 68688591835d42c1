import type { JsonObject } from "@credicorp/oauth-core/protocol";
import { ownMember } from "@credicorp/oauth-core/protocol";

/** How `expires_in` is wrong: left out, `null`, digits in a string, words, 0, -1, with a fraction, or 2⁵³ − 1. */
export type ExpiresInForm =
  | "missing"
  | "null"
  | "string"
  | "text"
  | "zero"
  | "negative"
  | "fraction"
  | "huge";

/** What is wrong with the members of a token response. The token itself is as it should be. */
export type TokenResponseFault =
  | { readonly fault: "expires_in"; readonly as: ExpiresInForm }
  /** `token_type` is `value` (`mac`). */
  | { readonly fault: "token_type"; readonly value?: string | undefined };

/** Changes one member. */
export function faultyTokenResponse(fault: TokenResponseFault, members: JsonObject): JsonObject {
  if (fault.fault === "token_type") return { ...members, token_type: fault.value ?? "mac" };
  // A member that is undefined is not written.
  return { ...members, expires_in: expiresIn(fault.as, Number(ownMember(members, "expires_in"))) };
}

function expiresIn(form: ExpiresInForm, seconds: number): unknown {
  switch (form) {
    case "missing":
      return undefined;
    case "null":
      return null;
    case "string":
      return String(seconds);
    case "text":
      return "soon";
    case "zero":
      return 0;
    case "negative":
      return -1;
    case "fraction":
      return seconds + 0.5;
    case "huge":
      return Number.MAX_SAFE_INTEGER;
  }
}
