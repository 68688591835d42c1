import { createHash } from "node:crypto";

import type { FindTexts, Range } from "./find-texts.ts";
import { shortestText } from "./find-texts.ts";

// A whole value, without what may be around it; its words; and what is between the signs that join words.
const candidatePatterns = [/[^\s/].*[^\s]/gs, /\S+/g, /[^\s,;"'()]+/g, /[^\s,;"'()/?&=:@]+/g];

/** Makes a search for texts of which only the SHA-256, in base64url, is known: what is a value or a word is tried. */
export function createDigestSearch(digests: ReadonlySet<string>): FindTexts {
  if (digests.size === 0) return () => [];
  return (text) =>
    candidatesOf(text).filter(({ start, end }) => {
      const candidate = text.slice(start, end);
      return (
        digests.has(sha256(candidate)) ||
        (candidate.includes("+") && digests.has(sha256(candidate.replaceAll("+", " "))))
      );
    });
}

function candidatesOf(text: string): readonly Range[] {
  const candidates: Range[] = [{ start: 0, end: text.length }];
  for (const pattern of candidatePatterns) {
    for (const match of text.matchAll(pattern)) {
      const [{ length }] = match;
      if (length >= shortestText)
        candidates.push({ start: match.index, end: match.index + length });
    }
  }
  return candidates;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
