import type { TrustedIssuer } from "@credicorp/oauth-core/resource-server";

export const now = 1_700_000_000;

/** The claims of a good token that was issued now. */
export const claims = {
  iss: "https://as.example",
  sub: "partner-1",
  client_id: "partner-1",
  aud: "https://api.example",
  scope: "decisions:read",
  iat: now,
  exp: now + 900,
  jti: "1",
};

/** What the resource server asks of it. */
export const policy: TrustedIssuer["policy"] = {
  issuer: "https://as.example",
  audience: ["https://api.example"],
  algorithms: ["Ed25519"],
  tokenTypes: ["at+jwt"],
  clockToleranceSeconds: 0,
};
