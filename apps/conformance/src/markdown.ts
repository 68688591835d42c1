/**
 * The little Markdown that the generated documents need.
 *
 * @module
 */

/** Writes a table; the formatter is told to leave its columns as they are. */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  return [
    "<!-- prettier-ignore-start -->",
    formatRow(header),
    formatRow(header.map(() => "---")),
    ...rows.map(formatRow),
    "<!-- prettier-ignore-end -->",
  ];
}

/** Makes a foreign text, such as a test title, one line that shows as it is written. */
export function formatPlainText(text: string): string {
  return text
    .replaceAll(/\p{C}/gu, (character) => `U+${codePointName(character)}`)
    .replaceAll(/[\\`*_[\]<>|~&]/g, String.raw`\$&`)
    .trim();
}

/** Joins paragraphs, lists and tables with empty lines, and ends with a line break. */
export function joinBlocks(blocks: readonly (readonly string[])[]): string {
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function formatRow(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function codePointName(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
}
