import type { Bytes, Digest } from "../../ports.ts";
import type { SignatureAlgorithm, SignatureEngine } from "../../signature-engine.ts";
import type { PrivateJwk } from "../../protocol/jwk-set.ts";
import { jwkThumbprint } from "../../jwt/jwk-thumbprint.ts";
import type { KeyRecord, KeySuccessor } from "./key-record.ts";
import { latestKey } from "./key-record.ts";
import type { KeySuccessionPorts } from "./key-succession.ts";
import { announceSuccessor, chooseSuccessor } from "./key-succession.ts";
import { tidyKeys } from "./tidy-keys.ts";

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
export interface KeyRotationPorts extends KeySuccessionPorts {
  readonly bytes: Bytes;
  readonly digest: Digest;
  readonly signatureEngine: Pick<SignatureEngine, "generateKeyPair">;
}

/**
 * Announces a key and lets it take over from all older keys of the same algorithm.
 *
 * Of several rotations at once, each follows on another: at every moment some key may sign, and all nodes agree which.
 */
export async function rotateKey(
  rotation: KeyRotation,
  ports: KeyRotationPorts,
): Promise<KeyRecord> {
  const { algorithm, announceSeconds, retainMarginSeconds } = rotation;
  const { keys, clock } = ports;
  const { kid, jwk } = await makeKey(algorithm, rotation.jwk, ports);
  if ((await keys.get(kid)) !== undefined) throw usedTwice();

  for (;;) {
    const now = clock.now();
    const latest = latestKey(await keys.list(), { algorithm, now });
    const successor: KeySuccessor = { kid, jwk, announceSeconds, dueAt: now };
    if (latest === undefined) {
      if (!(await keys.compareAndSet(kid, 0, firstKey(successor, algorithm, now)))) {
        throw usedTwice();
      }
    } else if (latest.value.successor !== undefined) {
      await announceSuccessor(latest.id, ports);
      continue;
    } else {
      if (!(await chooseSuccessor(latest, successor, ports))) continue;
      await announceSuccessor(latest.id, ports);
    }
    await tidyKeys(retainMarginSeconds, ports);
    const made = await keys.get(kid);
    if (made === undefined) throw new Error("The new key was removed as soon as it was made");
    return made.value;
  }
}

/**
 * Makes a key pair, or takes the one that is given; the kid is the thumbprint of RFC 7638.
 *
 * What the private half may do (`key_ops`) is left out: it is not what the published half may do, and `use` says it all.
 */
export async function makeKey(
  algorithm: SignatureAlgorithm,
  given: PrivateJwk | undefined,
  ports: KeyRotationPorts,
): Promise<Pick<KeySuccessor, "kid" | "jwk">> {
  const made = given ?? (await ports.signatureEngine.generateKeyPair(algorithm));
  const { key_ops: _operations, ...jwk } = made;
  const kid = await jwkThumbprint(jwk, ports);
  return { kid, jwk: { ...jwk, kid, alg: algorithm, use: "sig" } };
}

function firstKey(
  { kid, jwk, announceSeconds }: KeySuccessor,
  algorithm: SignatureAlgorithm,
  now: number,
): KeyRecord {
  // A first key that signs at once has been there for ever: a clock that is set back must not stop the server.
  const announceAt = announceSeconds === 0 ? 0 : now;
  return { kid, algorithm, jwk, announceAt, signAt: announceAt + announceSeconds, createdAt: now };
}

function usedTwice(): Error {
  return new Error("This key is in the ring already; a key identifier is never used twice");
}
