import type { KeyObject } from "node:crypto";
import {
  constants,
  createPrivateKey,
  createPublicKey,
  privateEncrypt,
  sign,
  verify,
} from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";

import type { TestJwk, VectorFile } from "./vector-file.ts";

/** Signs with one key; texts and bytes are signed as they are. */
export interface VectorSigner {
  readonly jwk: TestJwk;
  readonly publicJwk: TestJwk;

  /** A compact JWS with a good signature; objects are written as JSON, `alg` says another algorithm to sign with. */
  readonly jws: (header: unknown, payload: unknown, alg?: string) => string;
  readonly signature: (input: string, alg?: string) => Buffer;

  /** The RSA operation on a block that is as long as the modulus. */
  readonly raw: (block: Buffer) => Buffer;
}

/** The folder that is published. */
export const vectorFolder = new URL("../../vectors/", import.meta.url);

const keys = JSON.parse(
  readFileSync(new URL("test-keys.json", import.meta.url), "utf8"),
) as Readonly<Record<string, TestJwk>>;
const published = readSignatures();

/**
 * Returns the signer of a key of `test-keys.json`.
 *
 * ECDSA and PSS sign with random numbers: signatures that have been published stay, so that making the files again
 * changes nothing.
 */
export function vectorSigner(
  name: string,
  { reusesSignatures }: { readonly reusesSignatures: boolean } = { reusesSignatures: true },
): VectorSigner {
  const jwk = keys[name];
  if (jwk === undefined) throw new Error(`no key ${name}`);
  const key = createPrivateKey({ key: jwk as never, format: "jwk" });
  const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...publicJwk } = jwk as TestJwk & Secrets;
  const signature = (input: string, alg = String(jwk["alg"])): Buffer => {
    if (!reusesSignatures) return sign(...parameters(alg, key, input));
    const known = published
      .get(input)
      ?.find((candidate) => verify(...parameters(alg, createPublicKey(key), input), candidate));
    if (known !== undefined) return known;
    const made = sign(...parameters(alg, key, input));
    published.set(input, [...(published.get(input) ?? []), made]);
    return made;
  };
  return {
    jwk,
    publicJwk,
    signature,
    jws: (header, payload, alg) => {
      const input = `${encode(header)}.${encode(payload)}`;
      return `${input}.${signature(input, alg).toString("base64url")}`;
    },
    raw: (block) => privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, block),
  };
}

/** Base64url of bytes, of a text, or of the JSON of anything else. */
export function encode(value: unknown): string {
  if (Buffer.isBuffer(value)) return value.toString("base64url");
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString(
    "base64url",
  );
}

interface Secrets {
  readonly d: string;
  readonly p: string;
  readonly q: string;
  readonly dp: string;
  readonly dq: string;
  readonly qi: string;
}

type SignParameters = [hash: string | null, data: Buffer, key: { key: KeyObject }];

function parameters(alg: string, key: KeyObject, input: string): SignParameters {
  const data = Buffer.from(input);
  if (alg === "Ed25519") return [null, data, { key }];
  const hash = `sha${alg.slice(2)}`;
  if (alg.startsWith("ES")) return [hash, data, { key, dsaEncoding: "ieee-p1363" } as never];
  if (alg.startsWith("RS")) return [hash, data, { key }];
  const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
  return [hash, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength } as never];
}

/** The signatures of the files that are there, by what they cover. */
function readSignatures(): Map<string, readonly Buffer[]> {
  const found = new Map<string, readonly Buffer[]>();
  if (!existsSync(vectorFolder)) return found;
  for (const name of readdirSync(vectorFolder).filter((file) => file.endsWith(".json"))) {
    const file = JSON.parse(readFileSync(new URL(name, vectorFolder), "utf8")) as VectorFile;
    for (const { jws } of file.testGroups.flatMap(({ tests }) => tests)) {
      const dot = jws.lastIndexOf(".");
      const input = jws.slice(0, Math.max(dot, 0));
      found.set(input, [...(found.get(input) ?? []), Buffer.from(jws.slice(dot + 1), "base64url")]);
    }
  }
  return found;
}
