/**
 * The public keys of a client: what may be registered, and which one an assertion means.
 *
 * @module
 */

import type { ClientAssertion, ClientAssertionAlgorithm } from "../../jwt/client-assertion.ts";
import {
  clientAssertionAlgorithms,
  isClientAssertionAlgorithm,
} from "../../jwt/client-assertion.ts";
import { algorithmOfJwk } from "../../jwt/jwk-algorithm.ts";
import type { MaybePromise } from "../../ports.ts";
import type { SignatureEngine, VerificationKey } from "../../signature-engine.ts";
import type { PublicJwk } from "../../protocol/jwk-set.ts";
import { parsePublicJwk } from "../../protocol/jwk-set.ts";
import type { Result } from "../../result.ts";
import { failed, ok } from "../../result.ts";

/** A public key of a client, and the certificates of that key, its own first: DER in base64. */
export interface ClientJwk extends PublicJwk {
  readonly x5c?: readonly string[] | undefined;
}

/** The public keys of a client as a JWK Set; each is bound to one algorithm by its `alg` or its curve. */
export interface ClientJwks {
  readonly keys: readonly ClientJwk[];
}

type Importer = Pick<SignatureEngine, "importVerificationKey">;

const maxKeys = 16;

/** Checks the keys of a client; they come back with their public members only, or with the rule that one breaks. */
export async function checkClientJwks(
  jwks: ClientJwks,
  engine: Importer,
): Promise<Result<ClientJwks, { readonly member: string; readonly rule: string }>> {
  const keys: PublicJwk[] = [];
  if (jwks.keys.length > maxKeys) {
    return failed({ member: "jwks.keys", rule: `must have ${maxKeys} keys at most` });
  }
  for (const [index, candidate] of jwks.keys.entries()) {
    const refuse = (rule: string): Result<never, { member: string; rule: string }> =>
      failed({ member: `jwks.keys[${index}]`, rule });
    const jwk = parsePublicJwk(candidate);
    if (jwk === undefined) return refuse("must be a public key, without private members");
    const algorithm = algorithmOfJwk(jwk);
    if (!isClientAssertionAlgorithm(algorithm)) {
      return refuse(
        `must be for one of ${clientAssertionAlgorithms.join(", ")}, named by alg or by its curve`,
      );
    }
    const imported = await engine.importVerificationKey(jwk, algorithm);
    if (!imported.ok) return refuse(`cannot be used: ${imported.failure}`);
    if (keys.some(({ kid }) => kid !== undefined && kid === jwk.kid)) {
      return refuse("must have a kid of its own");
    }
    keys.push(jwk);
  }
  return ok({ keys });
}

/** Returns the key that an assertion names, or the client's only key of its algorithm when it names none. */
export function findClientKey(
  jwks: ClientJwks | undefined,
  { kid, algorithm }: Pick<ClientAssertion, "kid" | "algorithm">,
): PublicJwk | undefined {
  const fitting = (jwks?.keys ?? []).filter(
    (jwk) => algorithmOfJwk(jwk) === algorithm && (kid === undefined || jwk.kid === kid),
  );
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** Imports a key of a client, or tells why it cannot be used. */
export type ImportClientKey = (
  jwk: PublicJwk,
  algorithm: ClientAssertionAlgorithm,
) => MaybePromise<ImportedKey>;

type ImportedKey = Result<VerificationKey, string>;

/** Imports each key once: rows are never changed in place, so a key is known by its object. */
export function createClientKeyImporter(engine: Importer): ImportClientKey {
  const imported = new WeakMap<PublicJwk, MaybePromise<ImportedKey>>();
  return (jwk, algorithm) => {
    const known = imported.get(jwk);
    if (known !== undefined) return known;
    const importing = engine.importVerificationKey(jwk, algorithm);
    imported.set(jwk, importing);
    return importing;
  };
}
