import type { RevocationFeed } from "../../ports.ts";
import type { KeyRecord } from "./key-record.ts";
import { keyPhase } from "./key-record.ts";
import type { KeyRotationPorts } from "./rotate-key.ts";
import { rotateKey } from "./rotate-key.ts";
import { tidyKeys } from "./tidy-keys.ts";

/** Which key is revoked. */
export interface KeyRevocationRequest {
  readonly kid: string;

  /** As in a rotation, for other keys that the successor takes over from. */
  readonly retainMarginSeconds: number;
}

/** What the revocation of a key works with. */
export interface KeyRevocationPorts extends KeyRotationPorts {
  readonly revocationFeed: Pick<RevocationFeed, "append">;
}

/** What became of the revocation of a key. */
export interface KeyRevocation {
  readonly kid: string;

  /** The key that was made to take over, and signs at once; absent where another key signs already. */
  readonly successorKid?: string | undefined;
}

/**
 * Ends a key and all that it ever signed, because it may be in wrong hands; `undefined` for a key that is not there.
 *
 * First the successor is there, then everybody is told, and then the key leaves the JWKS: a server is never without a
 * key, and whatever fails on the way may be repeated. Nobody has seen the successor announced; verifiers ask for a key
 * that they do not know.
 */
export async function revokeKey(
  request: KeyRevocationRequest,
  ports: KeyRevocationPorts,
): Promise<KeyRevocation | undefined> {
  const { kid, retainMarginSeconds } = request;
  const row = await ports.keys.get(kid);
  if (row === undefined) return undefined;
  const { algorithm } = row.value;
  const others = (await ports.keys.list())
    .map(({ value }) => value)
    .filter((key) => key.kid !== kid && key.algorithm === algorithm);
  const now = ports.clock.now();
  const successor = others.some((key) => signsWithoutEnd(key, now))
    ? undefined
    : await rotateKey({ algorithm, announceSeconds: 0, retainMarginSeconds }, ports);

  await ports.revocationFeed.append({ kind: "key", kid });
  await withdraw(kid, ports);
  await tidyKeys(retainMarginSeconds, ports);
  return { kid, successorKid: successor?.kid };
}

/** A key that is to be retained one day has a successor, which may be the very key that is revoked. */
function signsWithoutEnd(key: KeyRecord, now: number): boolean {
  return keyPhase(key, now) === "signing" && key.retainAt === undefined;
}

/** Takes the key out of the JWKS; tries again when another node was quicker. */
async function withdraw(kid: string, ports: KeyRevocationPorts): Promise<void> {
  for (;;) {
    const row = await ports.keys.get(kid);
    if (row === undefined) return;
    // Gone since ever: no clock that is slow, or set back, brings it to life again. Its row stays for
    // a while, so that the key cannot simply be added again.
    const next: KeyRecord = { ...row.value, retainAt: ports.clock.now(), removeAt: 0 };
    if (await ports.keys.compareAndSet(kid, row.version, next)) return;
  }
}
