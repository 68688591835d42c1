/**
 * Brings an ES256 signature in the form of JOSE: r and s, 32 bytes each.
 *
 * Key management services answer in DER. Which form it is, the length tells: in DER, 64 bytes would mean that r and s lack
 * three bytes each, which happens once in 2^48 signatures.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7518#section-3.4 | RFC 7518 section 3.4}
 * @see {@link https://www.rfc-editor.org/rfc/rfc3279#section-2.2.3 | RFC 3279 section 2.2.3}
 */
export function toJoseSignature(signature: Uint8Array): Uint8Array | undefined {
  if (signature.length === 64) return signature;
  const [tag, length] = signature;
  if (tag !== sequence || length !== signature.length - 2) return undefined;
  const r = readInteger(signature, 2);
  const s = r && readInteger(signature, r.end);
  if (r === undefined || s === undefined || s.end !== signature.length) return undefined;
  const jose = new Uint8Array(64);
  jose.set(r.value, 32 - r.value.length);
  jose.set(s.value, 64 - s.value.length);
  return jose;
}

const sequence = 0x30;
const integer = 0x02;

function readInteger(
  der: Uint8Array,
  start: number,
): { readonly value: Uint8Array; readonly end: number } | undefined {
  const length = der[start + 1] ?? 0;
  const end = start + 2 + length;
  if (der[start] !== integer || length === 0 || end > der.length) return undefined;
  // A zero in front keeps a number positive.
  const first = der[start + 2] === 0 ? start + 3 : start + 2;
  const value = der.subarray(first, end);
  return value.length > 32 ? undefined : { value, end };
}
