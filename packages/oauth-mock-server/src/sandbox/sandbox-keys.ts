import type {
  Clock,
  RecordStore,
  SignatureAlgorithm,
  SignatureEngine,
  SigningKey,
} from "@credicorp/oauth-core";
import { ConfigurationError } from "@credicorp/oauth-core";
import type { KeyPhase, KeyRecord } from "@credicorp/oauth-core/authorization-server";
import { keyPhase, rotateKey, signingKeyRecord } from "@credicorp/oauth-core/authorization-server";
import { jwkThumbprint, parseSignatureAlgorithm } from "@credicorp/oauth-core/jwt";
import type { PrivateJwk } from "@credicorp/oauth-core/protocol";
import { toPublicJwk } from "@credicorp/oauth-core/protocol";
import { bytes, digest } from "@credicorp/oauth-runtime";

import type { SandboxClientChanges } from "../configuration/client-changes.ts";

/** A signing key, its private half left out. */
export interface SandboxKey {
  readonly kid: string;
  readonly algorithm: SignatureAlgorithm;
  readonly phase: KeyPhase;
}

/** How a key of the sandbox is rotated. */
export interface SandboxKeyRotation {
  /** @defaultValue that of the tokens */
  readonly algorithm?: SignatureAlgorithm;

  /** How long the JWKS shows the key before it signs. @defaultValue 0, so that a test need not wait */
  readonly announceSeconds?: number;
}

/** The signing keys of a sandbox. */
export interface SandboxKeys {
  readonly list: () => Promise<readonly SandboxKey[]>;

  /** Makes a key that takes over; tokens of the previous one stay good. */
  readonly rotate: (rotation?: SandboxKeyRotation) => Promise<SandboxKey>;

  /**
   * Ends a key and all tokens that it signed, as if it had been stolen; a new key takes over where no other signs.
   *
   * @throws {@link ConfigurationError} when there is no such key
   */
  readonly revoke: (kid: string) => Promise<void>;

  /** Does what is due by `keyRotation`. A sandbox that listens does so by itself. */
  readonly maintain: () => Promise<void>;
}

/** The keys as the sandbox itself handles them. */
export interface SandboxKeyStore extends Pick<SandboxKeys, "list"> {
  /** Takes a key made elsewhere. @throws {@link ConfigurationError} when it cannot sign. */
  readonly add: (jwk: PrivateJwk, option: string) => Promise<void>;

  /** Makes a key of every algorithm that has none, and returns them; the JWKS shows each for `announceSeconds` before it signs. */
  readonly ensure: (
    algorithms: Iterable<SignatureAlgorithm>,
    announceSeconds: number,
  ) => Promise<readonly KeyRecord[]>;

  /**
   * Makes a key of every algorithm that none may sign with now, and of every other one of which the JWKS shows none any
   * more: a clock that was set back may have left it so.
   */
  readonly ensureSigning: (algorithms: Iterable<SignatureAlgorithm>) => Promise<void>;
}

/** Returns what the server signs with for a client beside its default. */
export function algorithmsOf(
  client: Pick<
    SandboxClientChanges,
    "accessTokenAlgorithm" | "introspectionSignedResponseAlgorithm"
  >,
): readonly SignatureAlgorithm[] {
  const { accessTokenAlgorithm, introspectionSignedResponseAlgorithm } = client;
  return [accessTokenAlgorithm, introspectionSignedResponseAlgorithm].filter(
    (name) => name !== undefined && name !== null,
  );
}

/** Tells whether others will be able to verify what a key signs. */
async function isPair(
  key: SigningKey,
  jwk: PrivateJwk,
  signatureEngine: SignatureEngine,
): Promise<boolean> {
  const { key_ops: _operations, ...members } = jwk;
  const publicKey = await signatureEngine.importVerificationKey(
    toPublicJwk(members),
    key.algorithm,
  );
  const probe = bytes.encodeUtf8("probe");
  const signature = await signatureEngine.sign(key, probe);
  return publicKey.ok && signatureEngine.verify(publicKey.value, probe, signature);
}

/** Makes the keys' side of a sandbox over a record store. */
export function createSandboxKeys(options: {
  readonly records: RecordStore<KeyRecord>;
  readonly clock: Clock;
  readonly signatureEngine: SignatureEngine;

  /** How long others may keep the JWKS. */
  readonly retainMarginSeconds: number;
}): SandboxKeyStore {
  const { records, clock, signatureEngine, retainMarginSeconds } = options;
  const ports = { keys: records, clock, bytes, digest, signatureEngine };
  const describe = (key: KeyRecord): SandboxKey => ({
    kid: key.kid,
    algorithm: key.algorithm,
    phase: keyPhase(key, clock.now()),
  });
  return {
    list: async () => (await records.list()).map(({ value }) => describe(value)),
    add: async (jwk, option) => {
      const algorithm = parseSignatureAlgorithm(jwk.alg ?? "");
      if (algorithm === undefined) {
        throw new ConfigurationError(option, `${option} must name its algorithm in alg`);
      }
      const key = await signatureEngine.importSigningKey(jwk, algorithm);
      if (!key.ok) throw new ConfigurationError(option, `${option} cannot sign: ${key.failure}`);
      if (!(await isPair(key.value, jwk, signatureEngine))) {
        throw new ConfigurationError(option, `${option} has a private half of another key`);
      }
      if ((await records.get(await jwkThumbprint(jwk, ports))) !== undefined) {
        throw new ConfigurationError(option, `${option} is there twice: remove it`);
      }
      await rotateKey({ algorithm, announceSeconds: 0, retainMarginSeconds, jwk }, ports);
    },
    ensure: async (algorithms, announceSeconds) => {
      const present = new Set((await records.list()).map(({ value }) => value.algorithm));
      const missing = [...new Set(algorithms)].filter((algorithm) => !present.has(algorithm));
      return Promise.all(
        missing.map((algorithm) =>
          rotateKey({ algorithm, announceSeconds, retainMarginSeconds }, ports),
        ),
      );
    },
    ensureSigning: async (algorithms) => {
      const needed = new Set(algorithms);
      const present = (await records.list()).map(({ value }) => value.algorithm);
      for (const algorithm of new Set([...needed, ...present])) {
        const now = clock.now();
        const all = (await records.list()).map(({ value }) => value);
        const own = all.filter((key) => key.algorithm === algorithm);
        const isThere = needed.has(algorithm)
          ? signingKeyRecord(own, { algorithm, now }) !== undefined
          : own.some((key) => keyPhase(key, now) !== "unpublished");
        if (isThere) continue;
        await rotateKey({ algorithm, announceSeconds: 0, retainMarginSeconds }, ports);
      }
    },
  };
}
