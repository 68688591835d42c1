/**
 * The answer to a request that may not go on.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-3 | RFC 6750 section 3}
 * @module
 */

import type { HeaderList, ServerResponse } from "../http.ts";
import type { SignatureAlgorithm } from "../signature-engine.ts";
import { formatProblemDetails, problemMediaType } from "../protocol/problem-details.ts";
import { formatRetryAfter } from "../protocol/retry-after.ts";
import { formatScope } from "../protocol/scope.ts";
import type { Challenge } from "../protocol/www-authenticate.ts";
import { formatChallenges } from "../protocol/www-authenticate.ts";
import type { RejectedOutcome, ResourceErrorCode, UnavailableOutcome } from "./outcome.ts";

/** What the challenges say of the resource. */
export interface ResponseOptions {
  /** The protection space; shown to callers. */
  readonly realm: string;

  /** What DPoP proofs may be signed with; absent: the resource takes none. */
  readonly dpopAlgorithms?: readonly SignatureAlgorithm[] | undefined;

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
    description: "The resource needs an access token in the Authorization header",
  },
  invalid_request: {
    status: 400,
    title: "Bad Request",
    description: "The request does not present exactly one well-formed access token in its header",
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
  invalid_dpop_proof: {
    status: 401,
    title: "Unauthorized",
    description: "The request does not have exactly one good and new DPoP proof, made for it",
  },
  use_dpop_nonce: {
    status: 401,
    title: "Unauthorized",
    description: "The DPoP proof must repeat the nonce of the DPoP-Nonce field",
  },
};

/** Writes the answer; it depends on what the caller may know and on nothing else. */
export function toResponse(
  outcome: RejectedOutcome | UnavailableOutcome,
  options: ResponseOptions,
): ServerResponse {
  if (outcome.kind === "unavailable") {
    return problem(503, "Service Unavailable", {
      detail: "The access token cannot be verified at the moment; it may be good",
      fields: [["Retry-After", formatRetryAfter(outcome.retryAfterSeconds)]],
    });
  }
  const { error, responseHeaders = [] } = outcome;
  const { status, title, description } = wordings[error];
  return problem(status, title, {
    detail: description,
    fields: [
      ["WWW-Authenticate", formatChallenges(challengesOf(outcome, options))],
      // No such answer is to be stored, with or without a nonce.
      ...responseHeaders.filter(([name]) => name !== "Cache-Control"),
    ],
  });
}

/**
 * Names the scheme that was used, with the error, and beside a bearer token the other one: it may be what the token is
 * for. Whoever used a proof knows how.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-7.1 | RFC 9449 sections 7.1 and 7.2}
 */
function challengesOf(outcome: RejectedOutcome, options: ResponseOptions): readonly Challenge[] {
  const { error, requiredScope, scheme = "bearer" } = outcome;
  const { realm, dpopAlgorithms, resourceMetadata } = options;
  const told = {
    ...(error !== "no_credentials" && { error, error_description: wordings[error].description }),
    ...(requiredScope !== undefined && { scope: formatScope(requiredScope) }),
  };
  const algs = dpopAlgorithms && { algs: dpopAlgorithms.join(" ") };
  const metadata = resourceMetadata !== undefined && { resource_metadata: resourceMetadata };
  if (scheme === "dpop") {
    return [{ scheme: "DPoP", parameters: { realm, ...told, ...algs, ...metadata } }];
  }
  const bearer = { scheme: "Bearer", parameters: { realm, ...told, ...metadata } };
  return algs === undefined
    ? [bearer]
    : [bearer, { scheme: "DPoP", parameters: { realm, ...algs, ...metadata } }];
}

function problem(
  status: number,
  title: string,
  { detail, fields }: { readonly detail: string; readonly fields: HeaderList },
): ServerResponse {
  return {
    status,
    headers: [["Content-Type", problemMediaType], ["Cache-Control", "no-store"], ...fields],
    // The status says it all, so the type is the blank one (RFC 9457 section 4.2.1).
    body: formatProblemDetails({ type: "about:blank", title, status, detail }),
  };
}
