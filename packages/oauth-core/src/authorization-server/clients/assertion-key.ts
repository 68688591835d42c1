/**
 * The key that an assertion must be signed with: registered with the client, or published at its `jwksUri`.
 *
 * @module
 */

import type { ClientAssertion } from "../../jwt/client-assertion.ts";
import type { VerificationKey } from "../../signature-engine.ts";
import type { Result } from "../../result.ts";
import { failed, ok } from "../../result.ts";
import type { Refusal, RefusalReason } from "../refusal.ts";
import type { ServerContext } from "../server-context.ts";
import type { ClientKeySets } from "./client-key-sets.ts";
import { findClientKey } from "./client-keys.ts";
import type { ClientRecord } from "./client-record.ts";

/** Why an assertion proves nothing. */
export interface AssertionObjection {
  readonly why: RefusalReason;

  /** Nobody can tell at the moment; absent: the client has not proven who it is. */
  readonly outage?: ClientKeysOutage | undefined;
}

/** The keys of a client cannot be had. */
export interface ClientKeysOutage {
  readonly retryAfterSeconds: number;

  /** Such as `network` or `jwks_status`. */
  readonly reason?: string | undefined;
}

/** Tells an operator, in an audit event, why the keys of a client cannot be had. */
class ClientKeysUnavailableError extends Error {
  override readonly name = "ClientKeysUnavailableError";

  /** Such as `network` or `jwks_status`. */
  readonly code: string | undefined;

  constructor(code: string | undefined) {
    super(`The keys of the client cannot be had: ${code ?? "unknown"}`);
    this.code = code;
  }
}

/** Finds the key of an assertion. Only an enabled client that is registered for assertions has anything fetched. */
export async function findAssertionKey(
  assertion: Pick<ClientAssertion, "kid" | "algorithm">,
  client: ClientRecord | undefined,
  context: Pick<ServerContext, "policy" | "importClientKey" | "clientKeySets">,
): Promise<Result<VerificationKey, AssertionObjection>> {
  const { policy, importClientKey, clientKeySets } = context;
  if (client?.jwksUri !== undefined) {
    const method = "private_key_jwt";
    const isEntitled =
      client.enabled &&
      client.authenticationMethod === method &&
      policy.clientAuthenticationMethods.includes(method);
    const sets = isEntitled ? clientKeySets : undefined;
    return toAssertionKey((await sets?.lookUpKey(client.jwksUri, assertion)) ?? notAllowed);
  }
  const jwk = findClientKey(client?.jwks, assertion);
  if (jwk === undefined) return failed({ why: "assertion_key_unknown" });
  const imported = await importClientKey(jwk, assertion.algorithm);
  return imported.ok ? imported : failed({ why: "assertion_key_unfit" });
}

const notAllowed = { kind: "not_allowed" } as const;

function toAssertionKey(
  lookup: Awaited<ReturnType<ClientKeySets["lookUpKey"]>>,
): Result<VerificationKey, AssertionObjection> {
  switch (lookup.kind) {
    case "found":
      return ok(lookup.key);
    case "not_found":
      return failed({ why: "assertion_key_unknown" });
    case "not_allowed":
      return failed({ why: "assertion_keys_not_allowed" });
    case "unavailable":
      return failed({ why: "assertion_keys_unavailable", outage: lookup });
  }
}

/** The refusal while the client's keys cannot be had: it may be who it says, so it is not told otherwise. */
export function assertionKeysUnavailable({ retryAfterSeconds, reason }: ClientKeysOutage): Refusal {
  return {
    status: 503,
    error: "temporarily_unavailable",
    description:
      "The keys of the client cannot be had at the moment: try again with a new assertion",
    why: "assertion_keys_unavailable",
    headers: [["Retry-After", String(retryAfterSeconds)]],
    cause: new ClientKeysUnavailableError(reason),
  };
}
