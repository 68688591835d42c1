import type { Clock, RecordStore } from "@credicorp/oauth-core";
import type { KeyRecord } from "@credicorp/oauth-core/authorization-server";
import { keyPhase } from "@credicorp/oauth-core/authorization-server";
import type { JsonObject } from "@credicorp/oauth-core/protocol";
import { isJsonObject, ownMember } from "@credicorp/oauth-core/protocol";

/** Which keys the JWKS leaves out. Tokens are signed with them all the same. */
export type KeySetFault =
  /** The key `kid` (all that sign now). */
  | { readonly fault: "key_missing"; readonly kid?: string | undefined }
  /** The key `kid` (any), until `lateBySeconds` after it began to sign. The first key has always been there. */
  | {
      readonly fault: "key_published_late";
      readonly lateBySeconds: number;
      readonly kid?: string | undefined;
    };

/** What is known of the keys. */
export interface KeySetPorts {
  readonly keys: Pick<RecordStore<KeyRecord>, "list">;
  readonly clock: Pick<Clock, "now">;
}

/** Leaves keys out; `undefined` when none of those that the set has is meant. */
export async function faultyKeySet(
  fault: KeySetFault,
  members: JsonObject,
  ports: KeySetPorts,
): Promise<JsonObject | undefined> {
  const hidden = new Set(await hiddenKids(fault, ports));
  const keys = ownMember(members, "keys");
  if (!Array.isArray(keys)) return undefined;
  const left = keys.filter((key) => !(isJsonObject(key) && hidden.has(ownMember(key, "kid"))));
  return left.length === keys.length ? undefined : { ...members, keys: left };
}

async function hiddenKids(
  fault: KeySetFault,
  { keys, clock }: KeySetPorts,
): Promise<readonly unknown[]> {
  if (fault.fault === "key_missing" && fault.kid !== undefined) return [fault.kid];
  const now = clock.now();
  const isMeant = (key: KeyRecord): boolean =>
    fault.fault === "key_missing"
      ? keyPhase(key, now) === "signing"
      : now < key.signAt + fault.lateBySeconds && (fault.kid ?? key.kid) === key.kid;
  const rows = await keys.list();
  return rows.filter(({ value }) => isMeant(value)).map(({ value }) => value.kid);
}
