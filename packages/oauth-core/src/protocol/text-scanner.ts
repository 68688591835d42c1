/** Reads a text from its beginning to its end, piece by piece. */
export interface TextScanner {
  readonly isAtEnd: () => boolean;

  /** Tells whether what comes next matches a sticky pattern. */
  readonly sees: (pattern: RegExp) => boolean;

  /** Reads what comes next when it matches a sticky pattern, or stays where it is. */
  readonly take: (pattern: RegExp) => RegExpExecArray | undefined;
}

/** Makes a scanner; its patterns have the flag `y`, and so match nowhere but at its place. */
export function scanText(text: string): TextScanner {
  let position = 0;
  const match = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = position;
    return pattern.exec(text) ?? undefined;
  };
  return {
    isAtEnd: () => position >= text.length,
    sees: (pattern) => match(pattern) !== undefined,
    take: (pattern) => {
      const found = match(pattern);
      if (found !== undefined) position += found[0].length;
      return found;
    },
  };
}
