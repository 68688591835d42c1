import type { VerifiedDpopProof } from "../jwt/verify-dpop-proof.ts";
import type { Bytes, Digest, ReplayStore } from "../ports.ts";
import { useOnce } from "../stores/use-once.ts";

/**
 * Uses a proof up, until its time has passed; `again` for one that has been seen.
 *
 * Remembered per key and by digest, so that neither a long `jti` nor that of another client does harm.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-11.1 | RFC 9449 section 11.1}
 * @throws StoreUnavailableError when the store cannot tell
 */
export async function useProof(
  { claims, thumbprint }: VerifiedDpopProof,
  windowSeconds: number,
  ports: {
    readonly bytes: Bytes;
    readonly digest: Pick<Digest, "sha256">;
    readonly replayStore: ReplayStore;
  },
): Promise<"first" | "again"> {
  const { bytes, digest, replayStore } = ports;
  const hash = bytes.encodeBase64url(await digest.sha256(bytes.encodeUtf8(claims.jti)));
  const expiresAt = claims.issuedAt + windowSeconds;
  return useOnce({ key: `dpop ${thumbprint} ${hash}`, expiresAt }, replayStore);
}
