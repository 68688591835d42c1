import type { SignatureEngine, VerificationKey } from "../signature-engine.ts";

const maxKeys = 1024;
// What makes up a key. One that says more of itself, such as what it is for, is looked at each time.
const keyMembers = new Set(["kty", "crv", "x", "y", "n", "e"]);

/**
 * Makes an engine import the key of a client once, which takes as long as checking a signature with it.
 *
 * To be asked for keys that good tokens are bound to alone, so that nobody else decides what is remembered. When 1024 are
 * remembered, it starts anew.
 */
export function rememberProofKeys(
  engine: Pick<SignatureEngine, "importVerificationKey" | "verify">,
): Pick<SignatureEngine, "importVerificationKey" | "verify"> {
  const keys = new Map<string, VerificationKey>();
  return {
    verify: engine.verify,
    importVerificationKey: async (jwk, algorithm) => {
      if (!Object.keys(jwk).every((name) => keyMembers.has(name))) {
        return engine.importVerificationKey(jwk, algorithm);
      }
      const name = `${algorithm} ${JSON.stringify(jwk)}`;
      const known = keys.get(name);
      if (known !== undefined) return { ok: true, value: known };
      const imported = await engine.importVerificationKey(jwk, algorithm);
      if (!imported.ok) return imported;
      if (keys.size >= maxKeys) keys.clear();
      keys.set(name, imported.value);
      return imported;
    },
  };
}
