import type { ConfigurationError, HeaderList } from "@credicorp/oauth-core";

/** A member of a request, and the rule that it breaks. What it held is not repeated. */
export interface MemberFault {
  /** Such as `body.scope[0]`, `query.limit`. */
  readonly member: string;
  readonly rule: string;
}

const titles = {
  400: "Bad Request",
  401: "Unauthorized",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  500: "Internal Server Error",
} as const;

/** A status that a refusal of the admin API can have. */
export type ProblemStatus = keyof typeof titles;

/** A request that the admin API refuses. */
export class AdminProblem extends Error {
  override readonly name = "AdminProblem";
  readonly status: ProblemStatus;
  readonly title: string;
  readonly faults: readonly MemberFault[];
  readonly headers: HeaderList;

  constructor(
    status: ProblemStatus,
    detail: string,
    more: { readonly faults?: readonly MemberFault[]; readonly headers?: HeaderList } = {},
  ) {
    super(detail);
    this.status = status;
    this.title = titles[status];
    this.faults = more.faults ?? [];
    this.headers = more.headers ?? [];
  }
}

/** Makes the refusal of one member. */
export function memberProblem(status: ProblemStatus, { member, rule }: MemberFault): AdminProblem {
  return new AdminProblem(status, `${member} ${rule}`, { faults: [{ member, rule }] });
}

/** Tells what the sandbox itself refuses; `member` is what the request calls the option at fault, if something else. */
export function refusal(
  { option, message }: Pick<ConfigurationError, "option" | "message">,
  member: string = option,
): AdminProblem {
  const start = `${option} `;
  if (message.startsWith(start)) {
    return memberProblem(422, { member, rule: message.slice(start.length) });
  }
  // It is a sentence of its own.
  return new AdminProblem(422, message, { faults: [{ member, rule: message }] });
}

/** Makes the refusal of something that is not there. */
export function notFound(what: string): AdminProblem {
  return new AdminProblem(404, `There is no ${what}`);
}
