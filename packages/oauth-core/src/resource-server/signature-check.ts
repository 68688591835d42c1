import type { SignedTexts } from "../jws-texts.ts";
import type { Bytes, MaybePromise } from "../ports.ts";
import type { SignatureEngine, VerificationKey } from "../signature-engine.ts";
import type { UnavailableOutcome } from "./outcome.ts";
import { unavailable } from "./outcome.ts";

/** What checks a signature, and in which form it has it. */
export interface SignatureChecking {
  readonly bytes: Bytes;
  readonly signatureEngine: Pick<SignatureEngine, "verify">;
  readonly mayWait?: boolean | undefined;
}

/** Lets the engine check the signature of a token as it is written, or of its bytes; throws and rejects as the engine does. */
export function checkSignature(
  texts: SignedTexts,
  key: VerificationKey,
  { bytes, signatureEngine: { verify }, mayWait = false }: SignatureChecking,
): MaybePromise<boolean> {
  if (verify.ofTexts !== undefined) return verify.ofTexts(key, texts, mayWait);
  const signature = bytes.decodeBase64url(texts.signature);
  return signature !== undefined && verify(key, bytes.encodeUtf8(texts.signingInput), signature);
}

/** Makes the outcome of a check that could not be made: the engine threw, or rejected, against its contract. */
export function engineFailed(cause: unknown): UnavailableOutcome {
  return {
    ...unavailable(1, {
      code: "signature_engine_failed",
      message: "The engine that checks signatures failed",
      reference: "RFC 9110 section 15.6.4",
    }),
    cause,
  };
}
