const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const pattern = /^[A-Za-z0-9_-]*$/;

/**
 * Tells whether a text is the one spelling that its bytes have: right alphabet, no padding, zero tail bits.
 *
 * Decoders are lenient; two spellings of one token would defeat deny-lists and replay checks.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc4648#section-3.5 | RFC 4648 section 3.5}
 */
export function isCanonicalBase64url(text: string): boolean {
  const tail = text.length % 4;
  if (tail === 1 || !pattern.test(text)) return false;
  if (tail === 0) return true;
  const lastValue = alphabet.indexOf(text.charAt(text.length - 1));
  return (lastValue & (tail === 2 ? 0b1111 : 0b11)) === 0;
}
