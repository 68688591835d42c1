import type { DpopNonces } from "./dpop-nonces.ts";

/** What becomes of the nonce of a proof; `next` is what the client must be told to use, if anything. */
export type NonceVerdict =
  | { readonly kind: "good"; readonly next: string | undefined }
  | { readonly kind: "missing" | "unknown"; readonly next: string };

/**
 * Checks a nonce where one is needed, and wherever there is one.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-8 | RFC 9449 section 8}
 */
export async function checkNonce(
  nonce: string | undefined,
  { nonces, isRequired }: { readonly nonces: DpopNonces; readonly isRequired: boolean },
): Promise<NonceVerdict> {
  if (nonce === undefined) {
    return isRequired
      ? { kind: "missing", next: await nonces.current() }
      : { kind: "good", next: undefined };
  }
  const verdict = await nonces.verdict(nonce);
  if (verdict === "current") return { kind: "good", next: undefined };
  const next = await nonces.current();
  return verdict === "previous" ? { kind: "good", next } : { kind: "unknown", next };
}
