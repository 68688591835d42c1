import type {
  Bytes,
  Clock,
  Digest,
  RecordStore,
  SignatureAlgorithm,
  SignatureEngine,
} from "../../ports.ts";
import type { PrivateJwk } from "../../protocol/jwk-set.ts";
import { jwkThumbprint } from "../../jwt/jwk-thumbprint.ts";
import { accessTokenLifetimeBounds } from "../configuration.ts";
import type { KeyRecord } from "./key-record.ts";
import { isYounger, keyPhase } from "./key-record.ts";

/** How a key takes over. */
export interface KeyRotation {
  readonly algorithm: SignatureAlgorithm;

  /** How long the JWKS shows the key before it signs: at least what others may cache the JWKS for. */
  readonly announceSeconds: number;

  /** How long the JWKS shows the previous key after its last signature, beyond the longest life of a token. */
  readonly retainMarginSeconds: number;

  /** A key made elsewhere; absent: a new one is made. */
  readonly jwk?: PrivateJwk | undefined;
}

/** What a rotation works with. */
export interface KeyRotationPorts {
  readonly keys: RecordStore<KeyRecord>;
  readonly clock: Pick<Clock, "now">;
  readonly bytes: Bytes;
  readonly digest: Digest;
  readonly signatureEngine: Pick<SignatureEngine, "generateKeyPair">;
}

/**
 * Announces a key and lets it take over from all older keys of the same algorithm; removed ones are deleted.
 *
 * The new row is written first, and of several rotations at once the youngest key is retired by none: at every moment
 * some key may sign.
 */
export async function rotateKey(
  rotation: KeyRotation,
  ports: KeyRotationPorts,
): Promise<KeyRecord> {
  const { algorithm, announceSeconds, retainMarginSeconds } = rotation;
  const jwk = rotation.jwk ?? (await ports.signatureEngine.generateKeyPair(algorithm));
  const kid = await jwkThumbprint(jwk, ports);
  const rows = await ports.keys.list();
  const isFirst = !rows.some(({ value }) => value.algorithm === algorithm);
  // A first key that signs at once has been there for ever: a clock that is set back must not stop the server.
  const announceAt = isFirst && announceSeconds === 0 ? 0 : ports.clock.now();
  const signAt = announceAt + announceSeconds;
  const successor: KeyRecord = {
    kid,
    algorithm,
    jwk: { ...jwk, kid, alg: algorithm, use: "sig" },
    announceAt,
    signAt,
  };
  if (!(await ports.keys.compareAndSet(kid, 0, successor))) {
    throw new Error("This key is in the ring already; a key identifier is never used twice");
  }

  const removeAt = signAt + accessTokenLifetimeBounds.max + retainMarginSeconds;
  const predecessors = (await ports.keys.list()).filter(
    ({ value }) => value.algorithm === algorithm && isYounger(successor, value),
  );
  await Promise.all(
    predecessors.map(({ id }) => retire(id, { retainAt: signAt, removeAt }, ports)),
  );
  return successor;
}

/** Ends the life of a key, or forgets it where it has ended; tries again when another node was quicker. */
async function retire(
  kid: string,
  dates: { readonly retainAt: number; readonly removeAt: number },
  ports: KeyRotationPorts,
): Promise<void> {
  for (;;) {
    const row = await ports.keys.get(kid);
    if (row === undefined) return;
    const { value, version } = row;
    const isRemoved = keyPhase(value, ports.clock.now()) === "removed";
    if (!isRemoved && value.retainAt !== undefined && value.retainAt <= dates.retainAt) return;
    const next = isRemoved ? undefined : { ...value, ...dates };
    if (await ports.keys.compareAndSet(kid, version, next)) return;
  }
}
