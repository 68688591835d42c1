/** What every token says that has nothing wrong with its claims; good from 2023 to 2100. */
export const claims = {
  iss: "https://as.example",
  sub: "partner-1",
  client_id: "partner-1",
  aud: "https://api.example",
  scope: "decisions:read",
  iat: 1_700_000_000,
  exp: 4_102_444_800,
  jti: "3f1c",
} as const;

/** The header of a good token. */
export function header(alg: string): {
  readonly alg: string;
  readonly typ: string;
  readonly kid: string;
} {
  return { alg, typ: "at+jwt", kid: "test-key" };
}

/** What the files say of themselves first. */
export const preamble: readonly string[] = [
  "Each test is an access token (RFC 9068). Verify it as a resource server with the audience https://api.example, of the",
  "issuer https://as.example whose key set holds the public key of the group, at any time from 2023 to 2100.",
  "The private keys are published: never use them for anything else.",
];
