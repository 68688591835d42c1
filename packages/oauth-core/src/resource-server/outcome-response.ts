/**
 * The answer to a request that may not go on.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-3 | RFC 6750 section 3}
 * @module
 */

import type { ServerResponse } from "../http.ts";
import { formatProblemDetails, problemMediaType } from "../protocol/problem-details.ts";
import { formatRetryAfter } from "../protocol/retry-after.ts";
import { formatScope } from "../protocol/scope.ts";
import { formatChallenges } from "../protocol/www-authenticate.ts";
import type { RejectedOutcome, ResourceErrorCode, UnavailableOutcome } from "./outcome.ts";

/** What the challenges say of the resource. */
export interface ResponseOptions {
  /** The protection space; shown to callers. */
  readonly realm: string;

  /** Where the resource's metadata is (RFC 9728 section 5.1). */
  readonly resourceMetadata?: string | undefined;
}

interface Wording {
  readonly status: 400 | 401 | 403;
  readonly title: string;

  /** The same for every cause, so that a forger learns nothing from it. */
  readonly description: string;
}

const wordings: Readonly<Record<ResourceErrorCode, Wording>> = {
  no_credentials: {
    status: 401,
    title: "Unauthorized",
    description: "The resource needs a bearer token in the Authorization header",
  },
  invalid_request: {
    status: 400,
    title: "Bad Request",
    description: "The request does not present exactly one well-formed bearer token in its header",
  },
  invalid_token: {
    status: 401,
    title: "Unauthorized",
    description: "The access token is expired, revoked, malformed or invalid for other reasons",
  },
  insufficient_scope: {
    status: 403,
    title: "Forbidden",
    description: "The resource needs a scope that the access token was not granted",
  },
};

/** Writes the answer; it depends on what the caller may know and on nothing else. */
export function toResponse(
  outcome: RejectedOutcome | UnavailableOutcome,
  { realm, resourceMetadata }: ResponseOptions,
): ServerResponse {
  if (outcome.kind === "unavailable") {
    return problem(503, "Service Unavailable", {
      detail: "The access token cannot be verified at the moment; it may be good",
      field: ["Retry-After", formatRetryAfter(outcome.retryAfterSeconds)],
    });
  }
  const { error, requiredScope } = outcome;
  const { status, title, description } = wordings[error];
  const parameters = {
    realm,
    ...(error !== "no_credentials" && { error, error_description: description }),
    ...(requiredScope !== undefined && { scope: formatScope(requiredScope) }),
    ...(resourceMetadata !== undefined && { resource_metadata: resourceMetadata }),
  };
  return problem(status, title, {
    detail: description,
    field: ["WWW-Authenticate", formatChallenges([{ scheme: "Bearer", parameters }])],
  });
}

function problem(
  status: number,
  title: string,
  { detail, field }: { readonly detail: string; readonly field: readonly [string, string] },
): ServerResponse {
  return {
    status,
    headers: [["Content-Type", problemMediaType], ["Cache-Control", "no-store"], field],
    // The status says it all, so the type is the blank one (RFC 9457 section 4.2.1).
    body: formatProblemDetails({ type: "about:blank", title, status, detail }),
  };
}
