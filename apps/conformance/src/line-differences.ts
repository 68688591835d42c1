/** Lines that only one of two texts has. */
export interface LineDifferences {
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/**
 * Compares two texts line by line, each line once for every time that it occurs.
 *
 * Order is not compared; line breaks of either platform are the same.
 */
export function findLineDifferences(before: string, after: string): LineDifferences {
  const removed = splitLines(before);
  const added: string[] = [];
  for (const line of splitLines(after)) {
    const index = removed.indexOf(line);
    if (index === -1) added.push(line);
    else removed.splice(index, 1);
  }
  return { removed, added };
}

/** Tells whether two texts are the same but for the line breaks of the platform. */
export function isSameText(before: string, after: string): boolean {
  return splitLines(before).join("\n") === splitLines(after).join("\n");
}

function splitLines(text: string): string[] {
  return text.split(/\r?\n/);
}
