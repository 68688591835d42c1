import type { ReceivedTokenManagementRequest } from "../../protocol/token-management-request.ts";
import { parseTokenManagementRequest } from "../../protocol/token-management-request.ts";
import { revocationExpiresAt } from "../../revocation/revocation-life.ts";
import type { Result } from "../../result.ts";
import { failed, ok } from "../../result.ts";
import type { InactiveReason } from "../audit-event.ts";
import type { Refusal } from "../refusal.ts";
import type { ServerContext } from "../server-context.ts";
import { verifyOwnToken } from "../tokens/verify-own-token.ts";
import type { Caller, FormDecision, FormEndpoint } from "./form-endpoint.ts";
import { tokenMissing } from "./introspection-endpoint.ts";

/**
 * The revocation endpoint.
 *
 * A token that is invalid, revoked already, or of another client gets the same answer as one that is revoked now: the
 * endpoint does not tell which tokens exist. The difference is in the audit event.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7009#section-2 | RFC 7009 section 2}
 */
export const revocationEndpoint: FormEndpoint<ReceivedTokenManagementRequest> = {
  budget: "revocation",
  parse: parseTokenManagementRequest,
  decide: revoke,
};

async function revoke(
  request: ReceivedTokenManagementRequest,
  { client: caller }: Caller,
  context: ServerContext,
): Promise<Result<FormDecision, Refusal>> {
  if (!request.token.ok) return failed(tokenMissing);
  const clientId = caller.id;
  const ignore = (why: InactiveReason, jti?: string): Result<FormDecision, Refusal> =>
    ok({ body: "", event: { type: "revocation_ignored", clientId, jti, why } });

  const verified = await verifyOwnToken(request.token.value, context);
  if (!verified.ok) return ignore(verified.failure);
  const { jti, expiresAt } = verified.value;
  if (verified.value.clientId !== caller.id) return ignore("foreign_client", jti);

  const revokedUntil = revocationExpiresAt(expiresAt);
  const { revocationFeed } = context.ports;
  await revocationFeed.append({ kind: "token", jti, expiresAt: revokedUntil });
  return ok({ body: "", event: { type: "token_revoked", clientId, jti } });
}
