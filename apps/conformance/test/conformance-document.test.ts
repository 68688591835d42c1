import type { RequirementSection } from "@credicorp/conformance";
import {
  findCoverage,
  formatConformanceDocument,
  formatRequirementsDocument,
} from "@credicorp/conformance";
import { describe, expect, it } from "vitest";

const catalogue: readonly RequirementSection[] = [
  {
    title: "Token",
    requirements: [
      {
        id: "TOK-01",
        strength: "must",
        since: "flow",
        title: "Answers 200",
        sources: ["RFC 6749 section 5.1", "RFC 6749 appendix A.12", "House decision"],
      },
      { id: "TOK-02", strength: "should", since: "flow", title: "Tells `x`", sources: ["Us"] },
      { id: "TOK-03", strength: "must", since: "fleet", title: "Verifies", sources: ["Us"] },
    ],
  },
];

function documentOf(titles: readonly string[]): string {
  const tests = titles.map((title) => ({ file: "packages/x/test/y.test.ts", titles: [title] }));
  return formatConformanceDocument(catalogue, findCoverage(catalogue, tests));
}

describe("formatConformanceDocument", () => {
  it("has a row with the tests of each requirement", () => {
    const lines = documentOf(["TOK-01 answers 200", "TOK-01 answers a|b"]).split("\n");

    expect(lines).toContain(
      String.raw`| TOK-01 | must | Answers 200 | ${"`packages/x/test/y.test.ts`"} › answers 200 · answers a\|b |`,
    );
    expect(lines).toContain("| TOK-02 | should | Tells `x` |  |");
  });

  it("lists what is due and has no test apart from what belongs to a later capability", () => {
    const [, dueNow, later] = documentOf(["TOK-01 answers 200"])
      .split(/^###? .*$/m)
      .slice(1);

    expect(dueNow?.trim()).toBe("");
    expect(later).toContain("- TOK-02 (should): Tells `x`");
    expect(later).not.toContain("TOK-03");
    expect(documentOf([])).toContain("- State shared by a fleet, 1: TOK-03");
  });

  it("sums up each section", () => {
    const lines = documentOf(["TOK-01 answers 200", "TOK-03 verifies"]).split("\n");

    expect(lines).toContain("| Token | 3 | 2 | 2 | 1 |");
    expect(lines).toContain("| **All** | 3 | 2 | 2 | 1 |");
  });

  it("counts the tests of one file from the ninth on", () => {
    const titles = Array.from({ length: 10 }, (_, index) => `TOK-01 accepts ${index}`);

    expect(documentOf(titles)).toContain("accepts 7 · and 2 more |");
  });

  it("says so when nothing is missing", () => {
    const document = documentOf(["TOK-01 a", "TOK-02 b", "TOK-03 c"]);

    expect(document).toMatch(
      /### Due now\n\nNone\.\n\n### Belongs to a later capability\n\nNone\./,
    );
  });
});

describe("formatRequirementsDocument", () => {
  it("links the section of an RFC and leaves other sources as they are", () => {
    const document = formatRequirementsDocument(catalogue);

    expect(document).toContain(
      "[RFC 6749 section 5.1](https://www.rfc-editor.org/rfc/rfc6749#section-5.1), " +
        "[RFC 6749 appendix A.12](https://www.rfc-editor.org/rfc/rfc6749#appendix-A.12), House decision",
    );
  });
});
