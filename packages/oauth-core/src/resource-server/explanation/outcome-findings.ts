/**
 * What is found of a token by those who are asked about it: the resource's own schema of claims, and the issuer.
 *
 * @module
 */

import type { ExtensionsVerdict } from "../extensions.ts";
import type { Outcome } from "../outcome.ts";
import type { Finding, TokenFacts } from "./token-facts.ts";

/** Finds what the schema says; no verdict: it was not asked. */
export function checkSchema(verdict: Pick<ExtensionsVerdict, "kind"> | undefined): Finding {
  const expected = "further claims that fit the resource's schema";
  switch (verdict?.kind) {
    case undefined:
      return { status: "not_reached", expected };
    case "accepted":
      return { status: "passed", expected, actual: "they fit" };
    case "refused":
      return { status: "failed", expected, actual: "they do not fit" };
    case "failed":
      return {
        status: "unknown",
        expected,
        actual: "the schema failed",
        advice: "Find out why the schema throws; the token may be good.",
      };
  }
}

/** Finds what the issuer says of a token that is good otherwise. */
export function checkIntrospection({ isGoodSoFar, reviewed }: TokenFacts): Finding {
  if (!isGoodSoFar) return judgeAnswer(undefined);
  return reviewed === undefined
    ? { status: "not_asked", expected, actual: "the issuer is not asked for such a use" }
    : judgeAnswer(reviewed);
}

/** Judges what an answer of the issuer made of a token; no outcome: nobody was asked. */
export function judgeAnswer(outcome: Outcome | undefined): Finding {
  switch (outcome?.kind) {
    case undefined:
      return { status: "not_reached", expected };
    case "ok":
      return { status: "passed", expected, actual: "active" };
    case "rejected": {
      const { message, reference } = outcome.detail;
      return { status: "failed", expected, actual: message, reference };
    }
    case "unavailable":
      return {
        status: "unknown",
        expected,
        actual: outcome.detail.message,
        advice: "See the introspection of health(); the token may be good.",
      };
  }
}

const expected = "active, and nothing that contradicts the policy or the token";
