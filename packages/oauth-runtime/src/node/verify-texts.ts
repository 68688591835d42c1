import { Buffer } from "node:buffer";
import type { VerifyKeyObjectInput } from "node:crypto";
import { verify } from "node:crypto";
import type { MaybePromise, SignedTexts } from "@credicorp/oauth-core";

import { fitsModulus } from "../rsa-signatures.ts";
import { keptBytes } from "./kept-jws.ts";
import { decodeSignature, maxKeptSignatureLength } from "./kept-signature.ts";
import { createViews } from "./views.ts";

/** What a signature is verified by. */
export interface VerificationInput {
  readonly hash: string | null;
  readonly input: VerifyKeyObjectInput;

  /** Of RSA. */
  readonly modulus: Uint8Array | undefined;

  /** Whether one check takes far longer than a hop to the thread pool. */
  readonly isSlow: boolean;
}

/**
 * So many slow checks are made at once before the thread pool takes over. Others never go there: beside a check of 20 to
 * 100 µs the hop makes the event loop stand still for longer, not shorter, and costs a quarter of CPU time more.
 */
const maxAtOnce = 2;

// Kept, as are the views of it: a new one for each token would cost a tenth of its verification. Nothing waits, and
// nobody else runs, while it is in use.
const keptInput = Buffer.allocUnsafeSlow(4096);
const viewInput = createViews(keptInput);

/**
 * Verifies the signature of a token as it is written: at once, or on the thread pool for callers that may wait, when more
 * than two have asked in one go for checks that are slow.
 */
export function verifyTexts(
  by: VerificationInput,
  texts: SignedTexts,
  mayWait: boolean,
): MaybePromise<boolean> {
  if (mayWait && by.isSlow && isOneOfMany()) return verifyOnPool(by, ...toBytes(texts));
  const kept = keptBytes(texts);
  if (kept !== undefined) return verifyAtOnce(by, kept.signingInput, kept.signature);
  const { signingInput } = texts;
  const signature =
    texts.signature.length > maxKeptSignatureLength ? undefined : decodeSignature(texts.signature);
  if (signature === undefined || signingInput.length > keptInput.length) {
    return verifyAtOnce(by, ...toBytes(texts));
  }
  keptInput.write(signingInput, 0, "latin1");
  return verifyAtOnce(by, viewInput(signingInput.length), signature);
}

function toBytes({ signingInput, signature }: SignedTexts): [data: Buffer, signature: Buffer] {
  return [Buffer.from(signingInput, "latin1"), Buffer.from(signature, "base64url")];
}

function verifyAtOnce(by: VerificationInput, data: Buffer, signature: Buffer): boolean {
  return fitsKey(by, signature) && verify(by.hash, data, by.input, signature);
}

function verifyOnPool(
  by: VerificationInput,
  data: Buffer,
  signature: Buffer,
): MaybePromise<boolean> {
  if (!fitsKey(by, signature)) return false;
  return new Promise((resolve, reject) => {
    verify(by.hash, data, by.input, signature, (error, isGood) => {
      if (error === null) resolve(isGood);
      else reject(error);
    });
  });
}

function fitsKey({ modulus }: VerificationInput, signature: Buffer): boolean {
  return modulus === undefined || fitsModulus(signature, modulus);
}

let asked = 0;
const settled = Promise.resolve();

/** Tells whether more have asked than are verified at once, since code last ran to its end. */
function isOneOfMany(): boolean {
  if (asked === 0) void settled.then(beginAnew);
  asked += 1;
  return asked > maxAtOnce;
}

function beginAnew(): void {
  asked = 0;
}
