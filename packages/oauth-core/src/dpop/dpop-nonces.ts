/**
 * Nonces that no node has to remember: each is the MAC of a step of time, under a secret that all nodes share.
 *
 * A proof that repeats one cannot have been made long before. The current step's and the previous one's are good, so
 * that a nonce lives for one to two steps, and a node whose clock is slightly behind or ahead still knows it.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-8 | RFC 9449 section 8}
 * @module
 */

import type { Bytes, Clock, Digest, Random } from "../ports.ts";
import { hmacSha256 } from "./hmac-sha256.ts";

/** Makes nonces, and knows them again. */
export interface DpopNonces {
  /** The nonce of now. */
  readonly current: () => Promise<string>;

  /** Tells whether a nonce is good, and whether it still is the one of now. */
  readonly verdict: (nonce: string) => Promise<"current" | "previous" | "unknown">;
}

// As long as what the MAC yields.
const secretBytes = 32;

/** Makes the nonces of a server; the issuer is part of each, so that a shared secret makes no shared nonce. */
export function createDpopNonces(
  options: {
    /** Absent: drawn now, and so known to this object alone. */
    readonly secret: string | undefined;
    readonly issuer: string;
    readonly stepSeconds: number;
  },
  ports: {
    readonly bytes: Bytes;
    readonly clock: Pick<Clock, "now">;
    readonly digest: Digest;
    readonly random: Pick<Random, "bytes">;
  },
): DpopNonces {
  const { issuer, stepSeconds } = options;
  const { bytes, clock, digest, random } = ports;
  const secret =
    options.secret === undefined ? random.bytes(secretBytes) : bytes.encodeUtf8(options.secret);
  const step = (): number => Math.floor(clock.now() / stepSeconds);
  const mac = (ofStep: number): Promise<Uint8Array> =>
    hmacSha256(secret, bytes.encodeUtf8(`dpop-nonce ${ofStep} ${issuer}`), digest);

  return {
    current: async () => bytes.encodeBase64url(await mac(step())),
    verdict: async (nonce) => {
      const claimed = bytes.decodeBase64url(nonce);
      if (claimed === undefined) return "unknown";
      const now = step();
      if (digest.isEqual(claimed, await mac(now))) return "current";
      return digest.isEqual(claimed, await mac(now - 1)) ? "previous" : "unknown";
    },
  };
}
