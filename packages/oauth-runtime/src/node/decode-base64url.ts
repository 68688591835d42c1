const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// What no letter has, so that one look at all values together finds any byte that is none.
const noLetter = 0x80;
const values = new Uint8Array(256).fill(noLetter);
for (let value = 0; value < 64; value += 1) values[alphabet.charCodeAt(value)] = value;

/**
 * Decodes base64url in place, and returns how many bytes that makes; `undefined` unless it is canonical: right alphabet,
 * no padding, zero tail bits.
 *
 * Node's own decoder takes 2 µs for a signature between two verifications, however fast it looks in a loop, and as it is
 * lenient its result has to be encoded again to be sure. This one takes a third of that.
 */
export function decodeBase64urlInPlace(data: Uint8Array, length: number): number | undefined {
  const whole = length - (length % 4);
  let seen = 0;
  let end = 0;
  for (let index = 0; index < whole; index += 4) {
    const first = valueAt(data, index);
    const second = valueAt(data, index + 1);
    const third = valueAt(data, index + 2);
    const fourth = valueAt(data, index + 3);
    seen |= first | second | third | fourth;
    data[end] = (first << 2) | (second >> 4);
    data[end + 1] = (second << 4) | (third >> 2);
    data[end + 2] = (third << 6) | fourth;
    end += 3;
  }
  if (whole < length) {
    // A letter alone is no byte.
    if (length - whole === 1) return undefined;
    const first = valueAt(data, whole);
    const second = valueAt(data, whole + 1);
    const third = length - whole === 3 ? valueAt(data, whole + 2) : 0;
    seen |= first | second | third;
    data[end++] = (first << 2) | (second >> 4);
    if (length - whole === 3) data[end++] = (second << 4) | (third >> 2);
    const tailBits = length - whole === 3 ? third & 0b11 : second & 0b1111;
    if (tailBits !== 0) return undefined;
  }
  return (seen & noLetter) === 0 ? end : undefined;
}

function valueAt(data: Uint8Array, index: number): number {
  return values[data[index] as number] as number;
}
