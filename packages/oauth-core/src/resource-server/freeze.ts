/**
 * Freezes a JSON value at every level, so that whoever shares it cannot change what the others see.
 *
 * Returns about how many bytes the value holds: the usual sizes of V8, rounded up.
 */
export function freezeDeeply(value: unknown): number {
  if (typeof value === "string") return stringBytes + value.length;
  if (typeof value !== "object" || value === null) return slotBytes;
  Object.freeze(value);
  let bytes = objectBytes;
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) bytes += slotBytes + freezeDeeply(item);
    return bytes;
  }
  for (const name of Object.keys(value)) {
    bytes += memberBytes + freezeDeeply((value as Readonly<Record<string, unknown>>)[name]);
  }
  return bytes;
}

const stringBytes = 24;
const slotBytes = 8;
const objectBytes = 64;
// The name, should it be of its own, and what describes the member when objects of this shape are rare.
const memberBytes = 48;
