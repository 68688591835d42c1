/**
 * The key that an assertion must be signed with: registered with the client, or published at its `jwksUri`.
 *
 * @module
 */

import type { ClientAssertion } from "../../jwt/client-assertion.ts";
import type { VerificationKey } from "../../ports.ts";
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

  /** Nobody can tell for as long; absent: the client has not proven who it is. */
  readonly retryAfterSeconds?: number | undefined;
}

/** Finds the key of an assertion. Only an enabled client that is registered for assertions has anything fetched. */
export async function findAssertionKey(
  assertion: Pick<ClientAssertion, "kid" | "algorithm">,
  client: ClientRecord | undefined,
  { importClientKey, clientKeySets }: Pick<ServerContext, "importClientKey" | "clientKeySets">,
): Promise<Result<VerificationKey, AssertionObjection>> {
  if (client?.jwksUri !== undefined) {
    const isEntitled = client.enabled && client.authenticationMethod === "private_key_jwt";
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
      return failed({
        why: "assertion_keys_unavailable",
        retryAfterSeconds: lookup.retryAfterSeconds,
      });
  }
}

/** The refusal while the client's keys cannot be had: it may be who it says, so it is not told otherwise. */
export function assertionKeysUnavailable(retryAfterSeconds: number): Refusal {
  return {
    status: 503,
    error: "temporarily_unavailable",
    description:
      "The keys of the client cannot be had at the moment: try again with a new assertion",
    why: "assertion_keys_unavailable",
    headers: [["Retry-After", String(retryAfterSeconds)]],
  };
}
