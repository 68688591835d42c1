/** A block of a document, between fences. */
export interface DocumentBlock {
  /** Of the fence that opens it. */
  readonly line: number;

  /** What follows the fence, such as `sh keeps running`. */
  readonly info: string;
  readonly text: string;
}

/** A part of a document, from one heading to the next. */
export interface DocumentSection {
  readonly title: string;
  readonly blocks: readonly DocumentBlock[];
}

/** Reads the sections of a document that have blocks. */
export function readSections(markdown: string): readonly DocumentSection[] {
  const sections: { readonly title: string; readonly blocks: DocumentBlock[] }[] = [];
  const parts = markdown.matchAll(/^```(.*)\n([^]*?)^```$|^## (.*)$/gm);
  for (const { 1: info, 2: text = "", 3: title, index } of parts) {
    if (title !== undefined) {
      sections.push({ title, blocks: [] });
      continue;
    }
    const line = markdown.slice(0, index).split("\n").length;
    sections.at(-1)?.blocks.push({ line, info: info ?? "", text });
  }
  return sections.filter(({ blocks }) => blocks.length > 0);
}

/**
 * Returns the first line of `expected` that is not among those of `output`, in this order; `undefined` when all are.
 *
 * `…` stands for whatever there is.
 */
export function firstMissingLine(expected: string, output: string): string | undefined {
  const lines = output.split("\n").map((line) => line.trimEnd());
  let next = 0;
  for (const line of expected.split("\n").filter((one) => one.trim() !== "")) {
    const parts = line.trimEnd().split("…");
    const pattern = new RegExp(
      `^${parts.map((part) => part.replaceAll(/[^\w\s]/g, String.raw`\$&`)).join(".*")}$`,
    );
    const found = lines.findIndex((one, index) => index >= next && pattern.test(one));
    if (found === -1) return line;
    next = found + 1;
  }
  return undefined;
}

/** Writes JSON as it is written elsewhere, to be compared. */
export function inOneLine(json: string): string {
  return JSON.stringify(JSON.parse(json));
}
