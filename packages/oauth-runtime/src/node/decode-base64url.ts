const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// What no letter has, so that one look at all values together finds any byte that is none.
const noLetter = 0x80;
const values = new Uint8Array(256).fill(noLetter);
for (let value = 0; value < 64; value += 1) values[alphabet.charCodeAt(value)] = value;

/**
 * Decodes the base64url in `data` from `start` to `end`, and returns how many bytes that makes; `undefined` unless it is
 * canonical: right alphabet, no padding, zero tail bits. `target` may be `data` itself, where `start` is 0.
 *
 * Node's own decoder takes 2 µs for a signature between two verifications, however fast it looks in a loop, and as it is
 * lenient its result has to be encoded again to be sure. This one takes a third of that.
 */
export function decodeBase64urlInto(
  target: Uint8Array,
  data: Uint8Array,
  { start, end }: { readonly start: number; readonly end: number },
): number | undefined {
  const rest = (end - start) % 4;
  const whole = end - rest;
  let seen = 0;
  let length = 0;
  for (let index = start; index < whole; index += 4) {
    const first = valueAt(data, index);
    const second = valueAt(data, index + 1);
    const third = valueAt(data, index + 2);
    const fourth = valueAt(data, index + 3);
    seen |= first | second | third | fourth;
    target[length] = (first << 2) | (second >> 4);
    target[length + 1] = (second << 4) | (third >> 2);
    target[length + 2] = (third << 6) | fourth;
    length += 3;
  }
  if (rest > 0) {
    // A letter alone is no byte.
    if (rest === 1) return undefined;
    const first = valueAt(data, whole);
    const second = valueAt(data, whole + 1);
    const third = rest === 3 ? valueAt(data, whole + 2) : 0;
    seen |= first | second | third;
    target[length++] = (first << 2) | (second >> 4);
    if (rest === 3) target[length++] = (second << 4) | (third >> 2);
    const tailBits = rest === 3 ? third & 0b11 : second & 0b1111;
    if (tailBits !== 0) return undefined;
  }
  return (seen & noLetter) === 0 ? length : undefined;
}

function valueAt(data: Uint8Array, index: number): number {
  return values[data[index] as number] as number;
}
