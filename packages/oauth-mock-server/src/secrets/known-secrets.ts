/**
 * The secrets that a sandbox and its namespaces know: they are shown nowhere, wherever somebody put them by mistake.
 *
 * @module
 */

import { createDigestSearch } from "./find-digested.ts";
import type { FindTexts } from "./find-texts.ts";
import { createTextSearch } from "./find-texts.ts";
import type { HideSecrets } from "./hide-secrets.ts";
import { createHiding } from "./hide-secrets.ts";

/** The secrets that there are, and those that there were: a request with an old one may still be looked at. */
export interface KnownSecrets {
  readonly note: (secret: string) => void;

  /** Notes a secret of which only the SHA-256 is known, in base64url. */
  readonly noteDigest: (digest: string) => void;

  /** Begins a look, which may be at many requests. */
  readonly beginLook: () => HideSecrets;
}

// A journal is much shorter than so many changes of secrets.
const mostKnown = 100_000;

/** Makes a collection that is empty. To note one costs nothing but its place; searches are made when somebody looks. */
export function createKnownSecrets(): KnownSecrets {
  const secrets = new Set<string>();
  const digests = new Set<string>();
  let searches: readonly FindTexts[] | undefined;

  const add = (known: Set<string>, text: string): void => {
    // Whoever is named again is among the youngest again.
    if (!known.delete(text)) searches = undefined;
    known.add(text);
    const [oldest] = known;
    if (known.size > mostKnown && oldest !== undefined) known.delete(oldest);
  };
  return {
    note: (secret) => add(secrets, secret),
    noteDigest: (digest) => add(digests, digest),
    beginLook: () => {
      searches ??= [createTextSearch(formsOf(secrets)), createDigestSearch(digests)];
      return createHiding(searches);
    },
  };
}

function* formsOf(secrets: Iterable<string>): Iterable<string> {
  for (const secret of secrets) {
    yield secret;
    // As it is within a JSON text.
    yield JSON.stringify(secret).slice(1, -1);
  }
}
