/** A test title, taken apart. */
export interface TitleIds {
  /** The ids that it starts with, such as `["TOK-12", "AUTH-03"]`. */
  readonly ids: readonly string[];

  /** What it says after them. */
  readonly sentence: string;
}

// An id, and what may stand between it and the next one or the sentence.
const leadingId = /^(?<id>(?<prefix>[A-Z]+)-\d+)(?:\s*[,/+&:]\s*|\s+and\s+(?=[A-Z]+-\d)|\s+|$)/;

/**
 * Reads the requirement ids that a title starts with, separated by spaces, commas, slashes or `and`.
 *
 * Only names with one of the given prefixes are ids, so that `UTF-8` or `SHA-256` is not taken for
 * one; whether such an id exists is for the caller to say.
 */
export function parseTitleIds(title: string, prefixes: ReadonlySet<string>): TitleIds {
  const ids: string[] = [];
  let sentence = title.trim();
  for (;;) {
    const { id, prefix } = leadingId.exec(sentence)?.groups ?? {};
    if (id === undefined || prefix === undefined || !prefixes.has(prefix)) return { ids, sentence };
    ids.push(id);
    sentence = sentence.replace(leadingId, "");
  }
}
