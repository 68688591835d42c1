/** A text as it reads once its percent-encoding is undone, and where in the text itself each character came from. */
export interface Reading {
  readonly text: string;

  /** Where a character begins in the text itself; of the end, where the text ends. */
  readonly placeOf: (index: number) => number;
}

// Once is an encoding, twice a common mistake, three times a proxy on top of it.
const mostDecodings = 3;
const encodedCharacter = /%[0-9a-f]{2}/i;

/**
 * Returns all readings of a text, itself first. What is encoded only in part, or not as a server would take it, is read
 * as well. Characters are bytes: what is not ASCII is read as nothing in particular.
 */
export function readingsOf(text: string): readonly Reading[] {
  const readings: Reading[] = [{ text, placeOf: (index) => index }];
  for (let depth = 0; depth < mostDecodings; depth += 1) {
    const last = readings[depth];
    if (last === undefined || !encodedCharacter.test(last.text)) break;
    readings.push(decode(last));
  }
  return readings;
}

function decode({ text, placeOf }: Reading): Reading {
  const places: number[] = [];
  let decoded = "";
  for (let index = 0; index < text.length;) {
    places.push(placeOf(index));
    const digits = text[index] === "%" ? text.slice(index + 1, index + 3) : "";
    const isEncoded = /^[0-9a-f]{2}$/i.test(digits);
    decoded += isEncoded ? String.fromCharCode(Number.parseInt(digits, 16)) : text[index];
    index += isEncoded ? 3 : 1;
  }
  places.push(placeOf(text.length));
  return { text: decoded, placeOf: (index) => places[index] ?? 0 };
}
