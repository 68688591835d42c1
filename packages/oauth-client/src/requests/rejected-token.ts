import { parseChallenges } from "@credicorp/oauth-core/protocol";

/**
 * Tells whether an answer says that the access token is not valid, by the challenge of RFC 6750 section 3.1.
 *
 * A 401 without any challenge says nothing; `unchallenged` decides.
 */
export function isTokenRejected(response: Response, unchallenged: "return" | "retry"): boolean {
  if (response.status !== 401) return false;
  const field = response.headers.get("www-authenticate");
  if (field === null) return unchallenged === "retry";
  return (parseChallenges(field) ?? []).some(
    ({ scheme, parameters }) =>
      /^(?:bearer|dpop)$/i.test(scheme) && parameters["error"] === "invalid_token",
  );
}
