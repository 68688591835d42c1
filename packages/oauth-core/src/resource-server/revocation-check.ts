import { verificationFailure } from "../jwt/verify-access-token.ts";
import type { OkOutcome, Outcome } from "./outcome.ts";
import { rejected, unavailable } from "./outcome.ts";
import type { RevocationVerdict } from "./trusted-issuer.ts";

/** Turns a good outcome into what is left of it when it is known whether its token has been revoked. */
export function afterRevocationCheck(outcome: OkOutcome, verdict: RevocationVerdict): Outcome {
  switch (verdict.kind) {
    case "not_revoked":
      return outcome;
    case "revoked":
      return rejected("invalid_token", verificationFailure("revoked").failure);
    case "unavailable":
      return unavailable(verdict.retryAfterSeconds, {
        code: "revocations_unavailable",
        message: "What has been revoked cannot be had",
        reference: "RFC 7009 section 2.1",
      });
  }
}
