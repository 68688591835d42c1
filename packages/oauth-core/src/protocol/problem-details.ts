/**
 * Problem details: errors of an API outside of OAuth's own endpoints.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9457#section-3 | RFC 9457 section 3}
 * @module
 */

import { ownMember, ownText, parseJsonObject } from "./json.ts";

/** One problem. */
export interface ProblemDetails {
  /** A URI that names the kind of problem. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string | undefined;

  /** Further members. */
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** The media type that problems are sent as. */
export const problemMediaType = "application/problem+json";

/** Writes a problem. */
export function formatProblemDetails(problem: ProblemDetails): string {
  const { type, title, status, detail, extensions } = problem;
  return JSON.stringify({ type, title, status, detail, ...extensions });
}

/** Reads a problem; `undefined` when the body is none. Absent members get the defaults of RFC 9457 section 3.1. */
export function parseProblemDetails(body: string): ProblemDetails | undefined {
  const members = parseJsonObject(body);
  if (members === undefined) return undefined;
  const status = ownMember(members, "status");
  const { type: _type, title: _title, status: _status, detail: _detail, ...extensions } = members;
  return {
    type: ownText(members, "type") ?? "about:blank",
    title: ownText(members, "title") ?? "",
    status: typeof status === "number" ? status : 0,
    detail: ownText(members, "detail"),
    extensions,
  };
}
