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

/** Writes a problem; extensions cannot replace the members that have names of their own. */
export function formatProblemDetails(problem: ProblemDetails): string {
  const { type, title, status, detail, extensions } = problem;
  const members: Record<string, unknown> = { type, title, status, detail };
  return JSON.stringify({ ...members, ...extensions, ...members });
}

/**
 * Reads a problem; `undefined` when the body is no JSON object.
 *
 * RFC 9457 requires no member: without a `type` it is `about:blank`, without a `title` that is empty, without a `status`
 * 0. All further members, `instance` too, are extensions: they are the sender's words and not fit for a log.
 */
export function parseProblemDetails(body: string): ProblemDetails | undefined {
  const members = parseJsonObject(body);
  if (members === undefined) return undefined;
  const status = ownMember(members, "status");
  const { type: _type, title: _title, status: _status, detail: _detail, ...extensions } = members;
  return {
    type: ownText(members, "type") ?? "about:blank",
    title: ownText(members, "title") ?? "",
    status: Number.isInteger(status) ? Number(status) : 0,
    detail: ownText(members, "detail"),
    ...(Object.keys(extensions).length > 0 && { extensions }),
  };
}
