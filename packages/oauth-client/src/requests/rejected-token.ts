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

/** Tells whether an answer asks for nothing but a nonce in the proof, by the challenge of RFC 9449 section 9. */
export function isNonceDemanded({ status, header }: ApiAnswer): boolean {
  const field = status === 401 ? header("www-authenticate") : undefined;
  if (typeof field !== "string") return false;
  return (parseChallenges(field) ?? []).some(
    ({ scheme, parameters }) =>
      scheme.toLowerCase() === "dpop" && parameters["error"] === "use_dpop_nonce",
  );
}
