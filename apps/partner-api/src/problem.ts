import type { FastifyReply } from "fastify";
import type { z } from "zod";

/** One member of the input that is wrong. */
export interface MemberError {
  /** JSON Pointer in its URI fragment form, such as `#/contact/email`. */
  readonly pointer: string;
  readonly detail: string;
}

/**
 * Why a request was refused, for a program (`type`, `status`, `errors`) and for a person.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9457#section-3 | RFC 9457 section 3}
 */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly MemberError[];
}

/** Says which members of an application are wrong, and how. */
export function invalidApplication(error: z.ZodError): Problem {
  return {
    type: "https://hub.credicorp.co.uk/problems/invalid-application",
    title: "Invalid application",
    status: 422,
    detail: "The application is well-formed JSON, but some of its members are missing or wrong.",
    errors: error.issues.flatMap(toMemberErrors),
  };
}

/** Says that there is no such decision, or none that this client may see. */
export const decisionNotFound: Problem = {
  type: "https://hub.credicorp.co.uk/problems/decision-not-found",
  title: "Decision not found",
  status: 404,
  detail: "No application of this client has a decision with this id.",
};

/** A problem that its HTTP status says everything about. */
export function plainProblem(status: number, title: string, detail: string): Problem {
  return { type: "about:blank", title, status, detail };
}

/** Sends a problem as the answer. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply
    .code(problem.status)
    .header("content-type", "application/problem+json")
    .header("cache-control", "no-store")
    .send(JSON.stringify(problem));
}

function toMemberErrors(issue: z.core.$ZodIssue): readonly MemberError[] {
  if (issue.code !== "unrecognized_keys") {
    return [{ pointer: toPointer(issue.path), detail: issue.message }];
  }
  return issue.keys.map((key) => ({
    pointer: toPointer([...issue.path, key]),
    detail: "is not a member of an application",
  }));
}

/** Writes a path as a JSON Pointer (RFC 6901 section 6: escaped, then percent-encoded). */
function toPointer(path: readonly PropertyKey[]): string {
  const tokens = path.map((key) => String(key).replaceAll("~", "~0").replaceAll("/", "~1"));
  return ["#", ...tokens.map((token) => encodeURIComponent(token))].join("/");
}
