/** More changes than this, and two names are different ones. */
const mostChanges = 2;
const maxLength = 128;

/** Returns the name of a list that a text was probably meant to be: up to two characters, or the case, are wrong. */
export function findSimilarName(text: string, names: readonly string[]): string | undefined {
  if (text.length > maxLength) return undefined;
  const lower = text.trim().toLowerCase();
  const candidates = names.map((name) => ({
    name,
    changes: countChanges(lower, name.toLowerCase()),
  }));
  const [nearest] = candidates.toSorted((a, b) => a.changes - b.changes);
  return nearest !== undefined && nearest.changes <= mostChanges ? nearest.name : undefined;
}

/** The edit distance of Levenshtein. */
function countChanges(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let index = 0; index < left.length; index += 1) {
    const next = [index + 1];
    for (let column = 1; column <= right.length; column += 1) {
      const substituted = (row[column - 1] ?? 0) + Number(left[index] !== right[column - 1]);
      next.push(Math.min(substituted, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
