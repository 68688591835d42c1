import { formatPlainText } from "@credicorp/conformance";
import { describe, expect, it } from "vitest";

describe("formatPlainText", () => {
  it.each([
    { text: "a | b", markdown: String.raw`a \| b` },
    { text: "<script>", markdown: String.raw`\<script\>` },
    { text: "`code` and *stars*", markdown: String.raw`\`code\` and \*stars\*` },
    { text: "one\ntwo\r", markdown: "oneU+000AtwoU+000D" },
    { text: "NUL \0", markdown: "NUL U+0000" },
    { text: "right-to-left \u202E", markdown: "right-to-left U+202E" },
    { text: "half of a pair \uD83D", markdown: "half of a pair U+D83D" },
    { text: "naïve 😀", markdown: "naïve 😀" },
  ])("writes $markdown on one line", ({ text, markdown }) => {
    expect(formatPlainText(text)).toBe(markdown);
  });
});
