/**
 * Finds links in Markdown, and the places in a page that they may lead to.
 *
 * @module
 */

/** @typedef {{ line: number, target: string }} Link */

/**
 * The links outside of code, as they are written.
 *
 * @param {string} markdown
 * @returns {Link[]}
 */
export function findLinks(markdown) {
  const text = withoutCode(markdown);
  return Array.from(text.matchAll(/\]\(([^()\s]+)\)/g), ({ index, 1: target = "" }) => {
    return { line: text.slice(0, index).split("\n").length, target };
  });
}

/**
 * The anchors of a page's headings, as GitHub makes them.
 *
 * @param {string} markdown
 * @returns {Set<string>}
 */
export function findAnchors(markdown) {
  /** @type {Set<string>} */
  const anchors = new Set();
  for (const [, heading = ""] of withoutBlocks(markdown).matchAll(/^#{1,6} (.+)$/gm)) {
    const base = heading
      .toLowerCase()
      .replaceAll(/[^\p{Letter}\p{Number}\p{Mark} _-]/gu, "")
      .replaceAll(" ", "-");
    let anchor = base;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${base}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

/**
 * Blanks what is shown as it is, and keeps its lines.
 *
 * @param {string} markdown
 */
function withoutCode(markdown) {
  return withoutBlocks(markdown).replaceAll(/`[^`\n]+`/g, "");
}

/** @param {string} markdown */
function withoutBlocks(markdown) {
  return markdown.replaceAll(/^```[\s\S]*?^```$/gm, (block) => block.replaceAll(/[^\n]/g, ""));
}
