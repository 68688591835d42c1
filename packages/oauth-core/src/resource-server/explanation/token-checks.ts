/**
 * The checks of a token, one after the other, each on its own: what fails in one hides nothing of the next.
 *
 * @module
 */

import { ownText } from "../../protocol/json.ts";
import { textOf } from "./check-texts.ts";
import {
  checkAudience,
  checkConfirmation,
  checkExpiry,
  checkFaults,
  checkIssuer,
  checkNotBefore,
  checkRevocation,
  checkScope,
} from "./claim-findings.ts";
import { checkIntrospection, checkSchema } from "./outcome-findings.ts";
import {
  checkAlgorithm,
  checkForm,
  checkKey,
  checkSignature,
  checkType,
} from "./envelope-findings.ts";
import { showText, showTexts } from "./show-value.ts";
import type { TokenCheck, TokenCheckName } from "./token-explanation.ts";
import type { Finding, TokenFacts } from "./token-facts.ts";
import type { TokenReading } from "./token-reading.ts";

/** Makes all checks, in the order of verification. */
export function checkToken(facts: TokenFacts): readonly TokenCheck[] {
  const { requiredScope, hasSchema, introspects } = facts;
  return [
    toCheck("form", checkForm(facts)),
    toCheck("type", checkType(facts)),
    toCheck("algorithm", checkAlgorithm(facts)),
    toCheck("key", checkKey(facts)),
    toCheck("signature", checkSignature(facts)),
    toCheck("claims", checkFaults(facts)),
    toCheck("issuer", checkIssuer(facts)),
    toCheck("audience", checkAudience(facts)),
    toCheck("expiry", checkExpiry(facts)),
    toCheck("not_before", checkNotBefore(facts)),
    ...(hasSchema ? [toCheck("schema", checkSchema(facts.extensions))] : []),
    toCheck("revocation", checkRevocation(facts)),
    ...(introspects ? [toCheck("introspection", checkIntrospection(facts))] : []),
    toCheck("confirmation", checkConfirmation(facts)),
    ...(requiredScope === undefined ? [] : [toCheck("scope", checkScope(facts, requiredScope))]),
  ];
}

/** Makes the checks of a token whose issuer is not trusted: no rules apply to it but that one. */
export function checkStranger(
  reading: TokenReading,
  options: { readonly maxLength: number; readonly trusted: readonly string[] },
): readonly TokenCheck[] {
  const { maxLength, trusted } = options;
  const issuer = reading.jws && ownText(reading.jws.payload, "iss");
  const expected = showTexts(trusted);
  const finding: Finding =
    reading.jws === undefined
      ? { status: "not_reached", expected }
      : {
          status: "failed",
          expected,
          actual: issuer === undefined ? "no text" : showText(issuer),
          advice:
            "Add the issuer to the option issuers if it is to be trusted; compare byte by byte.",
        };
  return [
    toCheck("form", checkForm({ reading, maxLength })),
    toCheck("issuer", finding),
    ...ofPolicy.map((name) => toCheck(name, { status: "not_reached", expected: "as its issuer" })),
  ];
}

const ofPolicy = [
  "type",
  "algorithm",
  "key",
  "signature",
  "claims",
  "audience",
  "expiry",
  "not_before",
  "revocation",
  "confirmation",
] as const;

/** Completes a finding. */
export function toCheck(name: TokenCheckName, finding: Finding): TokenCheck {
  const { reference, advice } = textOf(name);
  const needsAdvice = finding.status === "failed" || finding.status === "unknown";
  return { name, reference, ...finding, ...(needsAdvice && { advice: finding.advice ?? advice }) };
}
