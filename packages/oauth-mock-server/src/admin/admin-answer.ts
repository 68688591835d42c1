import type { HeaderList } from "@credicorp/oauth-core";
import {
  formatHttpDate,
  formatProblemDetails,
  problemMediaType,
} from "@credicorp/oauth-core/protocol";

import { sandboxMark } from "../http/sandbox-mark.ts";
import type { SandboxResponse } from "../http/sandbox-response.ts";
import type { AdminProblem } from "./admin-problem.ts";

/** An answer of the admin API before it gets what all of them have. */
export interface AdminAnswer {
  readonly status: number;
  readonly mediaType?: string | undefined;
  readonly headers?: HeaderList | undefined;
  readonly body: string;
}

/** Answers with a value as JSON; without one there is no content. */
export function jsonAnswer(status: number, value: unknown): AdminAnswer {
  if (value === undefined) return { status, body: "" };
  return { status, mediaType: "application/json", body: JSON.stringify(value) };
}

/** Answers with a problem (RFC 9457): which member breaks which rule. */
export function problemAnswer(problem: AdminProblem): AdminAnswer {
  const { status, title, message: detail, headers, faults } = problem;
  const extensions = faults.length === 0 ? undefined : { errors: faults };
  return {
    status,
    mediaType: problemMediaType,
    headers,
    body: formatProblemDetails({
      type: "about:blank",
      title,
      status,
      detail,
      ...(extensions !== undefined && { extensions }),
    }),
  };
}

/** Adds what every answer of the admin API has. `now` is in seconds since the Unix epoch. */
export function finishAnswer(
  { status, mediaType, headers = [], body }: AdminAnswer,
  { isHead, now }: { readonly isHead: boolean; readonly now: number },
): SandboxResponse {
  return {
    status,
    headers: [
      ...(mediaType === undefined ? [] : [["Content-Type", mediaType] as const]),
      ...headers,
      ["Cache-Control", "no-store"],
      ["Date", formatHttpDate(now)],
      ["X-Content-Type-Options", "nosniff"],
      ["Referrer-Policy", "no-referrer"],
      sandboxMark,
    ],
    body: isHead ? "" : body,
  };
}
