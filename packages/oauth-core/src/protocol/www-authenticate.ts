/**
 * The `WWW-Authenticate` field: the challenges of an authorization server or a protected resource.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1 | RFC 9110 section 11.6.1}
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-3 | RFC 6750 section 3}
 * @module
 */

import { scanText } from "./text-scanner.ts";

/** One challenge; parameter names are in lower case, values are unquoted. */
export interface Challenge {
  /** As sent; compare without case. */
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const parameterPattern = new RegExp(
  `(${token})[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"|(${token}))`,
  "y",
);
const schemePattern = new RegExp(`(${token})(?: +|$|(?=,))`, "y");
const separatorPattern = /[ \t,]*/y;
const token68Pattern = /[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/y;

/** Writes challenges as one field value; control characters and non-ASCII in values become `?`. */
export function formatChallenges(challenges: readonly Challenge[]): string {
  return challenges.map(formatChallenge).join(", ");
}

function formatChallenge({ scheme, parameters }: Challenge): string {
  const list = Object.entries(parameters).map(([name, value]) => {
    const safe = value.replace(/[^\x20-\x7e]/g, "?").replace(/["\\]/g, "\\$&");
    return `${name}="${safe}"`;
  });
  return list.length === 0 ? scheme : `${scheme} ${list.join(", ")}`;
}

/**
 * Reads one field value; `undefined` when it is malformed.
 *
 * Of a repeated parameter the first value counts. Credentials in token68 form are skipped: no scheme that is spoken
 * here uses them in a challenge.
 */
export function parseChallenges(value: string): readonly Challenge[] | undefined {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  const { take, sees, isAtEnd } = scanText(value);
  for (take(separatorPattern); !isAtEnd(); take(separatorPattern)) {
    const parameter = challenges.length > 0 ? take(parameterPattern) : undefined;
    const current = challenges.at(-1);
    if (parameter !== undefined && current !== undefined) {
      const [, name = "", quoted, plain = ""] = parameter;
      const key = name.toLowerCase();
      current.parameters[key] ??= quoted === undefined ? plain : quoted.replace(/\\(.)/g, "$1");
      continue;
    }
    const scheme = take(schemePattern)?.[1];
    if (scheme === undefined) return undefined;
    // No prototype: a name such as `constructor` or `__proto__` is a name like any other.
    challenges.push({ scheme, parameters: Object.create(null) as Record<string, string> });
    if (!sees(parameterPattern)) take(token68Pattern);
  }
  return challenges;
}
