/**
 * The keys of a verifier on their way to the next process.
 *
 * Whoever can write them can have any token accepted, until the issuer has answered. So they are sealed with a secret, or
 * it is said that the place they are kept in is trusted as the program is.
 *
 * @module
 */

import type { Bytes, Result } from "@credicorp/oauth-core";
import { failed, ok } from "@credicorp/oauth-core";
import type { ExportedKeySet } from "@credicorp/oauth-core/key-set";
import { parseExportedKeySet } from "@credicorp/oauth-core/key-set";
import type { Cipher } from "@credicorp/oauth-runtime";
import { deriveCipher } from "@credicorp/oauth-runtime";

import { invalidOption } from "../options/check-option.ts";

/** What guards exported keys. */
export interface KeySeal {
  /**
   * A text of at least 32 random characters, the same for export and import; `null`: nobody but those who may change the
   * program can write to where the keys are kept.
   */
  readonly secret: string | null;
}

/** Keys for the next process: plain data, to be kept as JSON. */
export interface ExportedKeys {
  readonly format: "credicorp-verifier-keys-1";
  readonly keySets: readonly ExportedKeySet[];

  /** Proves that nothing was changed, in base64url; absent: exported with `secret: null`. */
  readonly seal?: string | undefined;
}

/** Keys that an earlier process exported. */
export interface InitialKeysOptions extends KeySeal {
  /** What `exportKeys` returned, after `JSON.parse`. */
  readonly exported: unknown;
}

const format = "credicorp-verifier-keys-1";
const maxSets = 100;
const minSecretLength = 32;

/** Seals keys. @throws {@link ConfigurationError} for a secret that is too short */
export async function sealKeys(
  keySets: readonly ExportedKeySet[],
  { secret }: KeySeal,
  bytes: Bytes,
): Promise<ExportedKeys> {
  checkSecret(secret, "secret");
  if (secret === null) return { format, keySets };
  const cipher = await cipherOf(secret, bytes);
  const seal = await cipher.encrypt(new Uint8Array(), sealedText(keySets, bytes));
  return { format, keySets, seal: bytes.encodeBase64url(seal) };
}

/** Returns the keys of an issuer; anything that is not just as it was exported is refused. */
export async function unsealKeys(
  { exported, secret }: InitialKeysOptions,
  { issuer, bytes }: { readonly issuer: string; readonly bytes: Bytes },
): Promise<Result<ExportedKeySet, { readonly code: string }>> {
  const parsed = parseExportedKeys(exported);
  if (parsed === undefined) return failed({ code: "import_malformed" });
  const { keySets, seal } = parsed;
  if (!(await isSealGood(keySets, { seal, secret, bytes }))) return failed({ code: "import_seal" });
  const found = keySets.find((keySet) => keySet.issuer === issuer);
  if (found === undefined) return failed({ code: "import_issuer" });
  if (secret !== null) return ok(found);
  // An answer that nothing has changed would confirm keys that someone put beside the document's true name.
  const { validator: _unproven, ...unconfirmed } = found;
  return ok(unconfirmed);
}

/** Checks options at run time too. @throws {@link ConfigurationError} for the first that is wrong */
export function checkInitialKeys(options: InitialKeysOptions | undefined): void {
  if (options === undefined) return;
  const given: unknown = options;
  if (typeof given !== "object" || given === null)
    throw invalidOption("initialKeys", "must be an object");
  checkSecret(options.secret, "initialKeys.secret");
}

function checkSecret(secret: unknown, option: string): void {
  if (secret === null) return;
  if (typeof secret !== "string" || secret.length < minSecretLength) {
    throw invalidOption(option, `must be a text of ${minSecretLength} characters or more, or null`);
  }
}

function parseExportedKeys(
  value: unknown,
): { readonly keySets: readonly ExportedKeySet[]; readonly seal: unknown } | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { format: named, keySets: entries, seal }: Readonly<Record<string, unknown>> = { ...value };
  if (named !== format || !Array.isArray(entries) || entries.length > maxSets) return undefined;
  const keySets: ExportedKeySet[] = [];
  for (const entry of entries) {
    const parsed = parseExportedKeySet(entry);
    if (!parsed.ok) return undefined;
    keySets.push(parsed.value);
  }
  return { keySets, seal };
}

async function isSealGood(
  keySets: readonly ExportedKeySet[],
  {
    seal,
    secret,
    bytes,
  }: { readonly seal: unknown; readonly secret: string | null; readonly bytes: Bytes },
): Promise<boolean> {
  if (secret === null) return seal === undefined;
  const sealed = typeof seal === "string" ? bytes.decodeBase64url(seal) : undefined;
  if (sealed === undefined) return false;
  const cipher = await cipherOf(secret, bytes);
  return (await cipher.decrypt(sealed, sealedText(keySets, bytes))) !== undefined;
}

/** The same text for the same keys, in whatever order a store has kept the members. */
function sealedText(keySets: readonly ExportedKeySet[], bytes: Bytes): Uint8Array {
  const ordered = keySets.map((keySet) => {
    const parsed = parseExportedKeySet(keySet);
    return parsed.ok ? parsed.value : undefined;
  });
  return bytes.encodeUtf8(JSON.stringify(ordered));
}

async function cipherOf(secret: string, bytes: Bytes): Promise<Cipher> {
  return deriveCipher(bytes.encodeUtf8(secret), format);
}
