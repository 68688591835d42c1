/**
 * Binds access tokens to a key (DPoP): stolen without the key, they are worth nothing.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449 | RFC 9449}
 * @module
 */

import { ConfigurationError } from "@credicorp/oauth-core";
import { formatDpopProofClaims, signCompactJws } from "@credicorp/oauth-core/jwt";
import { bytes, digest } from "@credicorp/oauth-runtime";

import type { ProofOfPossession } from "../options/proof-of-possession.ts";
import { isWorkers } from "../platform/browser.ts";
import type { PrivateKeySource, SigningAlgorithm } from "../signing/private-key.ts";
import type { DpopKey } from "./dpop-key.ts";
import { loadDpopKey } from "./dpop-key.ts";
import { createDpopNonces } from "./dpop-nonces.ts";

export type {
  NonceAnswer,
  ProofOfPossession,
  ProvenRequest,
} from "../options/proof-of-possession.ts";
export type * from "../signing/private-key.ts";

/** Which key proofs are made with. */
export type DpopOptions =
  | {
      /** A key that outlives the process, so that its tokens can be shared; it is read once. */
      readonly key: PrivateKeySource;
      readonly generate?: undefined;
    }
  | {
      /** The kind of key to make for this process. It is never written anywhere. */
      readonly generate: SigningAlgorithm;
      readonly key?: undefined;
    };

/**
 * Makes what a client takes as `dpop`. The key is read or made by the first request.
 *
 * @throws {@link ConfigurationError} unless there is one of `key` and `generate`.
 */
export function dpop({ key, generate }: DpopOptions): ProofOfPossession {
  if ((key === undefined) === (generate === undefined)) {
    throw new ConfigurationError("dpop", "DPoP needs one of key and generate");
  }
  const nonces = createDpopNonces();
  let loaded: DpopKey | undefined;
  let loading: Promise<DpopKey> | undefined;

  function loadTogether(): Promise<DpopKey> {
    loading ??= loadDpopKey({ key, generate }).finally(() => {
      // A failure is not kept: the next request tries again.
      loading = undefined;
    });
    return loading;
  }

  async function load(): Promise<DpopKey> {
    const made = await (isWorkers(globalThis) ? loadDpopKey({ key, generate }) : loadTogether());
    // Of several that were made at once the first is the one: tokens are bound to it.
    loaded ??= made;
    return loaded;
  }

  return {
    thumbprint: async () => (loaded ?? (await load())).thumbprint,
    prove: async ({ method, url, accessToken, supportedAlgorithms }, { clock, random }) => {
      const { signer, headerFor } = loaded ?? (await load());
      const { origin, pathname } = new URL(url);
      const from = accessToken === undefined ? "authorization_server" : "resource_server";
      const claims = formatDpopProofClaims({
        method,
        url: origin + pathname,
        issuedAt: Math.floor(clock.now()),
        jti: bytes.encodeBase64url(random.bytes(16)),
        accessTokenHash: accessToken && (await hash(accessToken)),
        nonce: nonces.get(from, url),
      });
      const signing = { algorithm: signer.algorithm, handle: signer };
      const signatureEngine = { sign: (_key: unknown, input: Uint8Array) => signer.sign(input) };
      const encodedHeader = headerFor(supportedAlgorithms);
      return signCompactJws({ encodedHeader, claims, key: signing }, { bytes, signatureEngine });
    },
    learn: nonces.learn,
  };
}

async function hash(accessToken: string): Promise<string> {
  return bytes.encodeBase64url(await digest.sha256(bytes.encodeUtf8(accessToken)));
}
