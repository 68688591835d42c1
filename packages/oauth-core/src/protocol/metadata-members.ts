/**
 * The members of a metadata document, by the names that they have in code and on the wire.
 *
 * @module
 */

import type { JsonObject } from "./json.ts";
import { ownMember } from "./json.ts";
import { isSecureUrl, parseAbsoluteUrl } from "./secure-url.ts";

/** Names in code, each with its name on the wire. */
type WireNames<Name extends string> = Readonly<Record<Name, string>>;

function wireEntries<Name extends string>(
  names: WireNames<Name>,
): readonly (readonly [Name, string])[] {
  return Object.entries(names) as unknown as readonly (readonly [Name, string])[];
}

/** Returns members by their names on the wire; empty lists count as absent. */
export function formatMembers<Name extends string>(
  metadata: Readonly<Partial<Record<NoInfer<Name>, unknown>>>,
  names: WireNames<Name>,
): JsonObject {
  const entries = wireEntries(names).map(([name, wire]) => [wire, metadata[name]] as const);
  return Object.fromEntries(
    entries.filter(([, value]) => !Array.isArray(value) || value.length > 0),
  );
}

/** Reads the members that are there; `undefined` when one of them is malformed. */
export function readMembers<Name extends string, Value>(
  members: JsonObject,
  names: WireNames<Name>,
  read: (object: JsonObject, name: string) => Value | undefined,
): Partial<Record<Name, Value>> | undefined {
  const result: Partial<Record<Name, Value>> = {};
  for (const [name, wire] of wireEntries(names)) {
    const value = read(members, wire);
    if (value !== undefined) result[name] = value;
    else if (ownMember(members, wire) !== undefined) return undefined;
  }
  return result;
}

/** Reads a member that is a boolean. */
export function ownBoolean(object: JsonObject, name: string): boolean | undefined {
  const value = ownMember(object, name);
  return typeof value === "boolean" ? value : undefined;
}

/**
 * Tells whether the document that was fetched for `identifier` may name all of these URLs.
 *
 * They must be https; only what is itself on http and loopback may name others that are.
 */
export function mayNameUrls(identifier: string, urls: readonly (string | undefined)[]): boolean {
  const allowsHttp = isSecureUrl(identifier) && parseAbsoluteUrl(identifier)?.protocol === "http:";
  return urls.every(
    (url) =>
      url === undefined ||
      (isSecureUrl(url) && (allowsHttp || parseAbsoluteUrl(url)?.protocol === "https:")),
  );
}
