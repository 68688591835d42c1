import type { Bytes, Clock, MaybePromise, RecordStore } from "../../ports.ts";
import type {
  SignatureAlgorithm,
  SignatureEngine,
  SigningKey,
  VerificationKey,
} from "../../signature-engine.ts";
import type { PublicJwk } from "../../protocol/jwk-set.ts";
import { toPublicJwk } from "../../protocol/jwk-set.ts";
import { encodeJwsHeader } from "../../jwt/compact-jws.ts";
import type { KeyRecord } from "./key-record.ts";
import { keyPhase, publishedKeys, signingKeyRecord } from "./key-record.ts";

/** A key ready to sign: imported once, its header segment built once. */
export interface Signer {
  readonly kid: string;
  readonly key: SigningKey;
  readonly encodedHeader: string;
}

/** The keys of this server at this moment. */
export interface KeyRing {
  /** Resolves to `undefined` while no key of the algorithm may sign. */
  readonly signer: (algorithm: SignatureAlgorithm) => Promise<Signer | undefined>;

  /** The algorithms that a key may sign with now: neither announced nor retained ones count. */
  readonly signingAlgorithms: () => Promise<readonly SignatureAlgorithm[]>;

  /** Resolves to `undefined` for a key that is unknown, removed, or bound to another algorithm. */
  readonly verificationKey: (
    kid: string | undefined,
    algorithm: SignatureAlgorithm,
  ) => Promise<VerificationKey | undefined>;

  /** The public halves, in the order of their announcement. */
  readonly published: () => Promise<readonly PublicJwk[]>;
}

/** What a ring works with. */
export interface KeyRingPorts {
  readonly keys: RecordStore<KeyRecord>;
  readonly clock: Pick<Clock, "now">;
  readonly bytes: Bytes;
  readonly signatureEngine: SignatureEngine;
}

const accessTokenType = "at+jwt";

/** Makes a ring over the stored keys; every answer is computed from the rows and the clock. */
export function createKeyRing(ports: KeyRingPorts): KeyRing {
  const { keys, clock, bytes, signatureEngine } = ports;
  const signers = createImports(async (record) => {
    const { kid, algorithm } = record;
    const key = imported(await signatureEngine.importSigningKey(record.jwk, algorithm));
    return {
      kid,
      key,
      encodedHeader: encodeJwsHeader({ alg: algorithm, kid, typ: accessTokenType }, bytes),
    };
  });
  const verificationKeys = createImports(async ({ jwk, algorithm }) =>
    imported(await signatureEngine.importVerificationKey(toPublicJwk(jwk), algorithm)),
  );
  const list = async (): Promise<readonly KeyRecord[]> => {
    const rows = (await keys.list()).map(({ value }) => value);
    signers.keepOnly(rows);
    verificationKeys.keepOnly(rows);
    return rows;
  };

  return {
    signer: async (algorithm) => {
      const record = signingKeyRecord(await list(), { algorithm, now: clock.now() });
      return record && signers.get(record);
    },
    signingAlgorithms: async () => {
      const now = clock.now();
      const signing = (await list()).filter((key) => keyPhase(key, now) === "signing");
      return [...new Set(signing.map(({ algorithm }) => algorithm))];
    },
    verificationKey: async (kid, algorithm) => {
      const record = publishedKeys(await list(), clock.now()).find(
        (key) => key.kid === kid && key.algorithm === algorithm,
      );
      return record && verificationKeys.get(record);
    },
    published: async () =>
      publishedKeys(await list(), clock.now())
        .toSorted((a, b) => a.announceAt - b.announceAt)
        .map(({ jwk }) => toPublicJwk(jwk)),
  };
}

/** Remembers what was made of each key, for as long as its row is there. */
function createImports<Made>(make: (record: KeyRecord) => Promise<Made>): {
  readonly get: (record: KeyRecord) => MaybePromise<Made>;
  readonly keepOnly: (records: readonly KeyRecord[]) => void;
} {
  const made = new Map<string, Promise<Made>>();
  return {
    get: (record) => {
      const known = made.get(record.kid);
      if (known !== undefined) return known;
      const making = make(record);
      made.set(record.kid, making);
      // A failure is not remembered: the next request tries again and reports it itself.
      making.catch(() => made.delete(record.kid));
      return making;
    },
    keepOnly: (records) => {
      if (made.size <= records.length) return;
      const kids = new Set(records.map(({ kid }) => kid));
      for (const kid of made.keys()) if (!kids.has(kid)) made.delete(kid);
    },
  };
}

function imported<Key>(result: { ok: true; value: Key } | { ok: false; failure: string }): Key {
  if (result.ok) return result.value;
  throw new Error(`A signing key cannot be imported: ${result.failure}`);
}
