/**
 * Client authentication by a secret: one answer for every way to fail, in comparable time.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5.2 | RFC 6749 section 5.2}
 * @module
 */

import type { VersionedRecord } from "../../ports.ts";
import { formatChallenges } from "../../protocol/www-authenticate.ts";
import type { Result } from "../../result.ts";
import { failed, ok } from "../../result.ts";
import type { Refusal, RefusalReason } from "../refusal.ts";
import type { ServerContext } from "../server-context.ts";
import type { ClientRecord, ClientSecret } from "./client-record.ts";
import { matchClientSecret } from "./client-secret.ts";
import type { PresentedCredentials } from "./presented-credentials.ts";

/** A client that has proven who it is, and the secret that proved it. */
export interface AuthenticatedClient {
  readonly row: VersionedRecord<ClientRecord>;
  readonly secret: ClientSecret;
}

/**
 * Authenticates a client.
 *
 * Every request costs one look-up, one digest and at least one comparison, whether or not the client exists.
 */
export async function authenticateClient(
  presented: PresentedCredentials,
  context: Pick<ServerContext, "policy" | "ports">,
): Promise<Result<AuthenticatedClient, Refusal>> {
  const { policy, ports } = context;
  const { clientId = "", method, clientSecret } = presented;
  const row = await ports.clients.get(clientId);
  const hash = await ports.digest.sha256(ports.bytes.encodeUtf8(clientSecret));
  const { verdict, secret } = matchClientSecret(hash, row?.value.secrets ?? [], {
    now: ports.clock.now(),
    bytes: ports.bytes,
    digest: ports.digest,
  });

  const refuse = (why: RefusalReason): Result<never, Refusal> =>
    failed({ ...invalidClient(policy.issuer, why), clientId: row?.id });
  if (presented.fault !== undefined) return refuse(presented.fault);
  if (row === undefined) return refuse("client_unknown");
  const { enabled, authenticationMethod } = row.value;
  if (!enabled) return refuse("client_disabled");
  if (method === "none") {
    return refuse(authenticationMethod === "none" ? "client_public" : "credentials_missing");
  }
  const isSupported = policy.clientAuthenticationMethods.includes(method);
  if (!isSupported || authenticationMethod !== method) return refuse("method_not_registered");
  if (secret === undefined) return refuse("secret_wrong");
  return verdict === "live" ? ok({ row, secret }) : refuse(secretReasons[verdict]);
}

const secretReasons = {
  wrong: "secret_wrong",
  expired: "secret_expired",
  not_yet_valid: "secret_not_yet_valid",
} as const;

/** The one refusal of authentication: whatever the reason, the caller sees the same. */
function invalidClient(issuer: string, why: RefusalReason): Refusal {
  const challenge = { scheme: "Basic", parameters: { realm: issuer, charset: "UTF-8" } };
  return {
    status: 401,
    error: "invalid_client",
    description: "Client authentication failed",
    why,
    headers: [["WWW-Authenticate", formatChallenges([challenge])]],
  };
}
