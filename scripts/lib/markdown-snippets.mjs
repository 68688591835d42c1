/**
 * Finds TypeScript snippets in Markdown.
 *
 * @module
 */

/**
 * @typedef {object} Snippet
 * @property {number} line Number of the line that opens the block.
 * @property {string} text
 * @property {string | undefined} unchecked Why the snippet is not type-checked; empty when the
 *   author gave no reason, undefined when it is checked.
 */

/**
 * Extracts the blocks marked `ts`. A block marked `ts no-check <reason>` opts out.
 *
 * @param {string} markdown
 * @returns {Snippet[]}
 */
export function findTypeScriptSnippets(markdown) {
  const blocks = markdown.matchAll(/^```(?:ts|typescript)\b(.*)\n([\s\S]*?)^```$/gm);
  return Array.from(blocks, (match) => {
    const [, info = "", text = ""] = match;
    return {
      line: markdown.slice(0, match.index).split("\n").length,
      text,
      unchecked: /^\s+no-check\b\s*(.*)$/.exec(info)?.[1],
    };
  });
}
