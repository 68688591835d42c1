/**
 * Proves the client with a signed assertion, so that it shares no secret with the server (`private_key_jwt`).
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7523#section-2.2 | RFC 7523 section 2.2}
 * @module
 */

import {
  clientAssertionType,
  encodeClientAssertionHeader,
  formatClientAssertionClaims,
  signatureAlgorithmName,
  signCompactJws,
} from "@credicorp/oauth-core/jwt";
import { bytes } from "@credicorp/oauth-runtime";

import type {
  AuthenticatedEndpoint,
  ClientAuthentication,
  ClientIdentity,
} from "../options/client-authentication.ts";
import { createKeyRefusal } from "../signing/key-refusal.ts";
import { loadSigner } from "../signing/load-signer.ts";
import type { PrivateKey, PrivateKeySource, Signer } from "../signing/private-key.ts";

export type { ClientAuthentication } from "../options/client-authentication.ts";
export type * from "../signing/private-key.ts";

/** The key that signs, and its name. */
export interface PrivateKeyJwtOptions {
  /** A function is asked at each token request, so that a rotated key is taken up. */
  readonly key: PrivateKeySource;

  /**
   * The name that the server knows the key by; without one it takes the client's only key of the algorithm.
   *
   * @defaultValue the `kid` of the key, where it has one
   */
  readonly kid?: string;
}

const method = "private_key_jwt";
// Long enough for one request and a clock that is off; each request has an assertion of its own.
const lifetimeSeconds = 60;

/** Makes the way of proving oneself that a client takes as `authentication`. The key is read by the first request. */
export function privateKeyJwt(options: PrivateKeyJwtOptions): ClientAuthentication {
  const { key: source } = options;
  const refuse = createKeyRefusal("authentication");
  let used: { readonly key: PrivateKey; readonly signer: Signer } | undefined;

  async function getSigner(): Promise<Signer> {
    const key = await readKey(source);
    if (used !== undefined && isSameKey(key, used.key)) return used.signer;
    const signer = await loadSigner(key, refuse);
    used = { key, signer };
    return signer;
  }

  return {
    method,
    option: "authentication",
    hasChanged: async () => {
      const before = used?.key;
      if (before === undefined) return false;
      // A function that fails now fails again at the next request, which reports it.
      return readKey(source).then(
        (key) => !isSameKey(key, before),
        () => false,
      );
    },
    authenticate: async (endpoint, client) => {
      const signer = await getSigner();
      const kid = options.kid ?? signer.kid;
      const clientAssertion = await signAssertion({ ...signer, kid }, endpoint, client);
      return {
        headers: [],
        fields: { clientId: client.clientId, clientAssertionType, clientAssertion },
        secrets: [clientAssertion],
        hint: explainRefusal(signer, endpoint),
      };
    },
  };
}

async function signAssertion(
  signer: Signer,
  { supportedAlgorithms }: AuthenticatedEndpoint,
  { issuer, clientId, clock, random }: ClientIdentity,
): Promise<string> {
  const now = Math.floor(clock.now());
  const algorithm = signatureAlgorithmName(signer.algorithm, supportedAlgorithms);
  const claims = formatClientAssertionClaims({
    issuer: clientId,
    subject: clientId,
    audience: issuer,
    issuedAt: now,
    notBefore: now,
    expiresAt: now + lifetimeSeconds,
    jti: bytes.encodeBase64url(random.bytes(16)),
  });
  const encodedHeader = encodeClientAssertionHeader({ algorithm, kid: signer.kid }, bytes);
  const key = { algorithm: signer.algorithm, handle: signer };
  const signatureEngine = { sign: (_key: unknown, input: Uint8Array) => signer.sign(input) };
  return signCompactJws({ encodedHeader, claims, key }, { bytes, signatureEngine });
}

/** Says what the server's metadata has to say against the assertion. */
function explainRefusal(
  { algorithm }: Signer,
  { supportedMethods, supportedAlgorithms }: AuthenticatedEndpoint,
): string {
  if (supportedMethods?.includes(method) === false) {
    return `The server's metadata does not list ${method}: ask which method this client is registered for.`;
  }
  const name = signatureAlgorithmName(algorithm, supportedAlgorithms);
  if (supportedAlgorithms?.includes(name) === false) {
    return `The server's metadata does not list ${name}: use a key of another kind.`;
  }
  return "Check the client id, that the public key is registered under this kid, and the clock of this machine.";
}

async function readKey(source: PrivateKeySource): Promise<PrivateKey> {
  return typeof source === "function" ? source() : source;
}

/** A JWK or a PEM is read anew each time, so it is compared by what it holds. */
function isSameKey(key: PrivateKey, other: PrivateKey): boolean {
  if (key === other) return true;
  const isJwk = typeof key === "object" && "kty" in key && typeof other === "object";
  return isJwk && JSON.stringify(key) === JSON.stringify(other);
}
