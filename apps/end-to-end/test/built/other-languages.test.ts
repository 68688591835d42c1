import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { firstMissingLine, inOneLine, readSections } from "./documents/document-blocks.ts";
import type { DocumentBlock } from "./documents/document-blocks.ts";
import { openDocumentShell } from "./documents/document-shell.ts";
import type { DocumentShell } from "./documents/document-shell.ts";
import { curlNote, hasCurl } from "./shell.ts";

const hasPython = spawnSync("python3", ["--version"]).status === 0;
const pythonNote = hasPython ? "" : " (skipped: python3 is not installed)";

const document = readFileSync(
  new URL("../../../../docs/other-languages.md", import.meta.url),
  "utf8",
);
const [introduction, curl, python] = readSections(`## Introduction\n${document}`);
const separator = "----8<----";
let shell: DocumentShell;

function blocksOf(section: { readonly blocks: readonly DocumentBlock[] } | undefined) {
  if (section === undefined) throw new Error("The document has lost a section");
  return section.blocks;
}

beforeAll(async () => {
  shell = await openDocumentShell();
  await shell.run("npm init --yes > npm-init.log && npm install @credicorp/oauth-mock-server");
  const [command] = blocksOf(introduction);
  await shell.start(command?.text ?? "");
}, 30_000);
afterAll(() => shell.close());

describe("the rehearsal from another language", () => {
  it.skipIf(!hasCurl)(`TST-08 ADM-05 does with curl as the document says${curlNote}`, async () => {
    const blocks = blocksOf(curl);
    // Each block of commands, and what stands below it as its output.
    const steps = blocks.flatMap(({ info, text }, index) => {
      const next = blocks[index + 1];
      return info === "sh" ? [{ text, expected: next?.info === "sh" ? undefined : next }] : [];
    });

    const script = steps.map(({ text }) => text).join(`\nprintf '\\n%s\\n' '${separator}'\n`);
    const outputs = (await shell.run(script)).split(separator);

    expect(outputs).toHaveLength(6);
    for (const [index, { expected }] of steps.entries()) {
      const output = outputs[index] ?? "";
      if (expected === undefined) continue;
      const [wanted, seen] =
        expected.info === "json"
          ? [inOneLine(shell.asHere(expected.text)), inOneLine(output)]
          : [expected.text, output];
      expect(firstMissingLine(wanted, seen), `line ${expected.line}, of:\n${output}`).toBe(
        undefined,
      );
    }
  });

  it.skipIf(!hasPython)(
    `TST-08 ADM-05 does with Python as the document says${pythonNote}`,
    async () => {
      const [file, command, expected] = blocksOf(python);
      const path = /^# (\S+)\n/.exec(file?.text ?? "")?.[1] ?? "";

      await shell.write(path, file?.text ?? "");
      const output = await shell.run(command?.text ?? "");

      expect(path).toBe("test_rehearsal.py");
      expect(firstMissingLine(expected?.text ?? "", output), output).toBe(undefined);
    },
  );
});
