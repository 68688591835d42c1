import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DocumentBlock } from "./documents/document-blocks.ts";
import { firstMissingLine, inOneLine, readSections } from "./documents/document-blocks.ts";
import type { DocumentShell } from "./documents/document-shell.ts";
import { openDocumentShell } from "./documents/document-shell.ts";
import { curlNote, hasCurl } from "./shell.ts";

const tutorial = readFileSync(new URL("../../../../docs/tutorial.md", import.meta.url), "utf8");
const sections = readSections(tutorial);
let shell: DocumentShell;
let output = "";

beforeAll(async () => {
  shell = await openDocumentShell();
});
afterAll(() => shell.close());

/**
 * Does what a block says; a block of text or JSON is what the one before it must have printed. Resolves to what is missing
 * there, and rejects when a command fails.
 */
async function follow({ info, text, line }: DocumentBlock): Promise<string | undefined> {
  const [language] = info.split(" ");
  if (language === "ts") {
    const path = /^\/\/ (\S+)\n/.exec(text)?.[1];
    if (path === undefined) throw new Error(`The block in line ${line} does not name its file`);
    await shell.write(path, text);
  } else if (info === "sh keeps running") {
    output = await shell.start(text);
  } else if (info === "sh") {
    output = await shell.run(text);
  } else if (info === "yaml") {
    const commands = [...text.matchAll(/^\s+- run: (.*)$/gm)].map(([, command]) => command);
    output = await shell.run(commands.join("\n"));
  } else if (info === "text") {
    return firstMissingLine(text, output);
  } else if (info === "json") {
    return firstMissingLine(inOneLine(text), inOneLine(output));
  } else {
    throw new Error(`Nobody knows what to do with the block in line ${line}`);
  }
  return undefined;
}

const titled = sections.map((section) => [section.title, section] as const);

describe.runIf(hasCurl)(`the tutorial, command by command${curlNote}`, () => {
  it.each(titled)(
    "TST-07 does as it says: %s",
    { timeout: 180_000 },
    async (_title, { blocks }) => {
      for (const block of blocks) {
        const missing = await follow(block);

        expect(missing, `line ${block.line}, of:\n${output}`).toBeUndefined();
      }
    },
  );

  it("has followed every block there is", () => {
    const fences = [...tutorial.matchAll(/^```/gm)].length;

    expect(sections.flatMap(({ blocks }) => blocks)).toHaveLength(fences / 2);
  });
});
