import type { TokenCheck, TokenCheckStatus, TokenExplanation } from "./token-explanation.ts";
import { showInstant, showTexts, showTime } from "./show-value.ts";

const marks: Readonly<Record<TokenCheckStatus, string>> = {
  passed: "ok",
  failed: "FAILED",
  unknown: "unknown",
  not_reached: "-",
  not_asked: "-",
};

/** Writes an explanation for a terminal: lines of printable ASCII, without colours, no line end at the end. */
export function formatExplanation(explanation: TokenExplanation): string {
  const { isProven, checks } = explanation;
  return [
    formatVerdict(explanation),
    ...(isProven ? [] : [`Nothing proves what the token says: ${unprovenBecause(checks)}.`]),
    "",
    ...checks.flatMap((check) => formatCheck(check, check.name === explanation.decidedBy)),
    "",
    ...formatClock(explanation),
    ...formatKeySet(explanation),
  ].join("\n");
}

function unprovenBecause(checks: readonly TokenCheck[]): string {
  const hasKey = checks.some(({ name }) => name === "signature");
  return hasKey ? "its signature was not found good" : "its issuer does not vouch for it";
}

function formatVerdict({ verdict, decidedBy }: TokenExplanation): string {
  switch (verdict.kind) {
    case "ok":
      return "The token is accepted.";
    case "rejected":
      return `The token is refused: ${verdict.code}, decided by the check ${decidedBy ?? "(none)"}.`;
    case "unavailable":
      return `Nobody can tell at the moment: ${verdict.code}, retry in ${verdict.retryAfterSeconds} s.`;
  }
}

function formatCheck(check: TokenCheck, decides: boolean): readonly string[] {
  const { name, status, expected, actual, reference, advice } = check;
  const indent = " ".repeat(25);
  const head = `${decides ? ">" : " "} ${name.padEnd(13)} ${marks[status].padEnd(8)}`;
  if (status !== "failed" && status !== "unknown") return [`${head} ${actual ?? "not looked at"}`];
  return [
    `${head} ${actual ?? "nothing"}`,
    `${indent}expected: ${expected} (${reference})`,
    ...(advice === undefined ? [] : [`${indent}${advice}`]),
  ];
}

function formatClock({ clock }: TokenExplanation): readonly string[] {
  const { now, toleranceSeconds, issuedAt, behindBySeconds = 0, issuerOffsetSeconds } = clock;
  const tolerance = toleranceSeconds === undefined ? "" : `, tolerance ${toleranceSeconds} s`;
  const lines = [`clock    ${showTime(now)}${tolerance}`];
  if (issuedAt !== undefined) lines.push(`issued   ${showInstant(issuedAt, now)}`);
  if (behindBySeconds > 0) {
    lines.push(
      `         this clock is behind the issuer's by ${behindBySeconds.toFixed(1)} s or more`,
    );
  }
  if (issuerOffsetSeconds !== undefined) {
    lines.push(
      `         the issuer's clock less this one: about ${issuerOffsetSeconds.toFixed(1)} s`,
    );
  }
  return lines;
}

function formatKeySet({ keySet }: TokenExplanation): readonly string[] {
  if (keySet === undefined) return [];
  const { phase, keyIds, failures, lastFailure } = keySet;
  const kids = showTexts(keyIds.map((kid) => kid ?? "(without kid)"));
  const trouble =
    failures > 0 ? `, ${failures} failures in a row: ${lastFailure ?? "unknown"}` : "";
  return [`keys     ${phase}: ${kids}${trouble}`];
}
