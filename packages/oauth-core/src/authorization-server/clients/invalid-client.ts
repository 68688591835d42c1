import { formatChallenges } from "../../protocol/www-authenticate.ts";
import type { Refusal, RefusalReason } from "../refusal.ts";

/** The one refusal of authentication: whatever the reason, the caller sees the same. */
export function invalidClient(issuer: string, why: RefusalReason): Refusal {
  const challenge = { scheme: "Basic", parameters: { realm: issuer, charset: "UTF-8" } };
  return {
    status: 401,
    error: "invalid_client",
    description: "Client authentication failed",
    why,
    headers: [["WWW-Authenticate", formatChallenges([challenge])]],
  };
}
