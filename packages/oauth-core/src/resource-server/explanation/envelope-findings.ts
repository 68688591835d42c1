/**
 * What is found of a token around its claims: its form, its header, its key and its signature.
 *
 * @module
 */

import { isOfType } from "../../jwt/compact-jws.ts";
import { parseSignatureAlgorithm } from "../../jwt/jwk-algorithm.ts";
import { showText, showTexts } from "./show-value.ts";
import type { Finding, TokenFacts } from "./token-facts.ts";
import { judged } from "./token-facts.ts";

export function checkForm({
  reading,
  maxLength,
}: Pick<TokenFacts, "reading" | "maxLength">): Finding {
  const { formFailure, length, segments } = reading;
  const expected = `a compact JWS of at most ${maxLength} characters`;
  const size = `${length} characters${segments === undefined ? "" : `, segments: ${segments}`}`;
  if (formFailure === undefined) return { status: "passed", expected, actual: size };
  const { message, reference } = formFailure;
  return { status: "failed", expected, actual: `${message} (${size})`, reference };
}

export function checkType({ reading: { header }, policy }: TokenFacts): Finding {
  const expected = policy.tokenTypes.join(" or ");
  if (header === undefined) return { status: "not_reached", expected };
  const actual = header.typ === undefined ? "none" : showText(header.typ);
  return { status: judged(isOfType(header, policy.tokenTypes)), expected, actual };
}

export function checkAlgorithm({ reading: { header }, policy, lookup }: TokenFacts): Finding {
  const expected = policy.algorithms.join(", ");
  if (header === undefined) return { status: "not_reached", expected };
  const algorithm = parseSignatureAlgorithm(header.alg);
  const isAccepted = algorithm !== undefined && policy.algorithms.includes(algorithm);
  const isOfKey = lookup?.kind !== "found" || lookup.key.algorithm === algorithm;
  return { status: judged(isAccepted && isOfKey), expected, actual: showText(header.alg) };
}

export function checkKey({ reading: { query }, lookup, keySet }: TokenFacts): Finding {
  const { kid } = query ?? {};
  const named = kid === undefined ? "the only key" : `the key ${showText(kid)}`;
  const expected = query === undefined ? "a key of the issuer" : `${named} for ${query.algorithm}`;
  if (lookup === undefined) return { status: "not_reached", expected };
  switch (lookup.kind) {
    case "found":
      return { status: "passed", expected, actual: "found" };
    case "not_found": {
      const kids = keySet?.keyIds.map((name) => name ?? "(without kid)");
      return {
        status: "failed",
        expected,
        actual: kids === undefined ? "not found" : `not among the issuer's: ${showTexts(kids)}`,
      };
    }
    case "unavailable":
      return {
        status: "unknown",
        expected,
        actual: `the issuer's keys cannot be had: ${lookup.reason ?? "no reason is known"}`,
        advice: "Find out why the issuer cannot be asked; the token may be good.",
      };
  }
}

export function checkSignature({ isGood, engineFailure }: TokenFacts): Finding {
  const expected = "good";
  if (engineFailure !== undefined) {
    const advice = "Find out why the signature engine fails; the token may be good.";
    return { status: "unknown", expected, actual: "the engine failed", advice };
  }
  if (isGood === undefined) return { status: "not_reached", expected };
  return { status: judged(isGood), expected, actual: isGood ? "good" : "not good" };
}
