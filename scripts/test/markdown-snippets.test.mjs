import { expect, it } from "vitest";
import { findTypeScriptSnippets } from "../lib/markdown-snippets.mjs";

it("finds TypeScript blocks and the lines that open them", () => {
  const markdown =
    "# Title\n\n```ts\nconst a = 1;\n```\n\n```sh\nls\n```\n\n```ts\nconst b = 2;\n```\n";

  const snippets = findTypeScriptSnippets(markdown);

  expect(snippets).toEqual([
    { line: 3, text: "const a = 1;\n", unchecked: undefined },
    { line: 11, text: "const b = 2;\n", unchecked: undefined },
  ]);
});

it.each([
  ["ts no-check needs a browser", "needs a browser"],
  ["ts no-check", ""],
  ["ts title", undefined],
])("reads the info string %j", (info, unchecked) => {
  const snippets = findTypeScriptSnippets(`\`\`\`${info}\nconst a = 1;\n\`\`\`\n`);

  expect(snippets).toEqual([{ line: 1, text: "const a = 1;\n", unchecked }]);
});
