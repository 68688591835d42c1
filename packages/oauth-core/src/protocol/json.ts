/**
 * JSON objects on the wire, read by own members only.
 *
 * @module
 */

/** An object from the wire, nothing about its members known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Reads a JSON text whose root is an object; `undefined` for anything else. */
export function parseJsonObject(text: string): JsonObject | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isJsonObject(value) ? value : undefined;
}

/** Tells an object from arrays, null and primitives. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads a member; what the prototype has to offer does not count. */
export function ownMember(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Reads a member that is a string and not empty. */
export function ownText(object: JsonObject, name: string): string | undefined {
  const value = ownMember(object, name);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Reads a member that is an array of strings; `undefined` when it is anything else. */
export function ownTexts(object: JsonObject, name: string): readonly string[] | undefined {
  const value = ownMember(object, name);
  if (!Array.isArray(value)) return undefined;
  return value.every((item) => typeof item === "string") ? value : undefined;
}
