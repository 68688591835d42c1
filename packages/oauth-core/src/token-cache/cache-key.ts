import type { Bytes, Digest, MaybePromise } from "../ports.ts";
import { canonicalScope } from "../protocol/scope.ts";
import type { FormFields } from "../protocol/form.ts";

/** All that makes one token different from another. There is no place for a secret here. */
export interface CacheKeyFields {
  readonly issuer: string;
  readonly clientId: string;

  /** A registered method, or `auto` where the metadata decides. */
  readonly authenticationMethod: string;

  /** Names the credential, such as a `kid` or a date; never the credential itself or its digest. */
  readonly credentialVersion?: string;

  /** The requested scope, not the granted one; order and repetition do not matter. */
  readonly scope: readonly string[];

  /** Order and repetition do not matter. */
  readonly resources?: readonly string[];
  readonly extraParameters?: FormFields;

  /** RFC 7638 thumbprint of the key that the token is bound to. */
  readonly proofKeyThumbprint?: string;
}

/** Returns the key that a token is cached under: SHA-256 in base64url, the same on every node. */
export function buildCacheKey(
  fields: CacheKeyFields,
  ports: { readonly digest: Digest; readonly bytes: Bytes },
): MaybePromise<string> {
  const { digest, bytes } = ports;
  const hash = digest.sha256(bytes.encodeUtf8(formatFields(fields)));
  return hash instanceof Uint8Array
    ? bytes.encodeBase64url(hash)
    : hash.then((value) => bytes.encodeBase64url(value));
}

// Each value is preceded by its length and each list by its size: no two field sets share a text.
function formatFields(fields: CacheKeyFields): string {
  const { resources = [], extraParameters = [] } = fields;
  return [
    "v1",
    formatText(fields.issuer),
    formatText(fields.clientId),
    formatText(fields.authenticationMethod),
    formatText(fields.credentialVersion ?? ""),
    formatList(canonicalScope(fields.scope)),
    formatList([...new Set(resources)].toSorted()),
    formatList(extraParameters.flat()),
    formatText(fields.proofKeyThumbprint ?? ""),
  ].join("");
}

function formatText(text: string): string {
  return `${text.length}:${text}`;
}

function formatList(texts: readonly string[]): string {
  return `${texts.length}[${texts.map(formatText).join("")}]`;
}
