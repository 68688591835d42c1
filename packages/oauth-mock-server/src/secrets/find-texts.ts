/** Where something is in a text. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Finds where in a text any of many others is. */
export type FindTexts = (text: string) => readonly Range[];

/** What is shorter is not looked for: it could be part of any word. */
export const shortestText = 8;

/**
 * Makes a search for many texts at a time: how long it takes hardly depends on how many there are.
 *
 * Case is ignored, because the names of fields and of hosts lose it; so is whether a space is a space or the `+` of a form.
 */
export function createTextSearch(texts: Iterable<string>): FindTexts {
  const byBeginning = new Map<string, string[]>();
  for (const text of texts) {
    if (text.length < shortestText) continue;
    const wanted = leveled(text);
    const beginning = wanted.slice(0, shortestText);
    const others = byBeginning.get(beginning);
    if (others === undefined) byBeginning.set(beginning, [wanted]);
    else if (!others.includes(wanted)) others.push(wanted);
  }
  const firstCharacters = new Set([...byBeginning.keys()].map((text) => text.charCodeAt(0)));

  return (text) => {
    const ranges: Range[] = [];
    if (text.length < shortestText || byBeginning.size === 0) return ranges;
    const searched = leveled(text);
    for (let start = 0; start <= searched.length - shortestText; start += 1) {
      if (!firstCharacters.has(searched.charCodeAt(start))) continue;
      for (const wanted of byBeginning.get(searched.slice(start, start + shortestText)) ?? []) {
        if (searched.startsWith(wanted, start)) ranges.push({ start, end: start + wanted.length });
      }
    }
    return ranges;
  };
}

/** Keeps the length: what is not ASCII may have a lower case of another one. */
function leveled(text: string): string {
  return text.replaceAll("+", " ").replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
