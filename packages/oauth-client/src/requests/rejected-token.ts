import { parseChallenges } from "@credicorp/oauth-core/protocol";

/** The answer to an authorised request, as far as it concerns the token. */
export interface ApiAnswer {
  readonly status: number;

  /** Returns a field by its name in lower case. */
  readonly header: (name: string) => string | null | undefined;

  /** Whether the body of the request can be sent a second time. */
  readonly canRepeat: boolean;
}

/**
 * Tells whether an answer says that the access token is not valid, by the challenge of RFC 6750 section 3.1.
 *
 * A 401 without any challenge says nothing; `unchallenged` decides.
 */
export function isTokenRejected(
  { status, header }: ApiAnswer,
  unchallenged: "return" | "retry",
): boolean {
  if (status !== 401) return false;
  const field = header("www-authenticate") ?? null;
  if (field === null) return unchallenged === "retry";
  return (parseChallenges(field) ?? []).some(
    ({ scheme, parameters }) =>
      /^(?:bearer|dpop)$/i.test(scheme) && parameters["error"] === "invalid_token",
  );
}
