import { checkConformance, writeConformance } from "@credicorp/conformance";
import { describe, expect, it } from "vitest";

import {
  createWorkspaceFixture,
  reportFile,
  testFile,
  titlesOfAllDue,
} from "./workspace-fixture.ts";

const conformanceFile = "docs/conformance.md";

describe("writeConformance", () => {
  it("writes documents that pass the check", () => {
    const { root } = createWorkspaceFixture();

    expect(writeConformance(root).failures).toEqual([]);
    expect(checkConformance(root).failures).toEqual([]);
  });

  it("writes the same again when tests were skipped", () => {
    const { root, report, read } = createWorkspaceFixture();
    writeConformance(root);
    const before = read(conformanceFile);

    report(titlesOfAllDue.toReversed(), "skipped");
    writeConformance(root);

    expect(read(conformanceFile)).toBe(before);
  });

  it("writes nothing from reports that are missing", () => {
    const { root, write, read } = createWorkspaceFixture();
    write("apps/z/test/built/bin.test.ts", "");

    expect(writeConformance(root).failures).toEqual([
      "apps/z/.reports/test-built.json is missing: run `npm test` first",
    ]);
    expect(() => read(conformanceFile)).toThrow("ENOENT");
  });
});

describe("checkConformance", () => {
  it("names the lines that differ in a stale document, and the command", () => {
    const { root, report } = createWorkspaceFixture();
    writeConformance(root);
    report([...titlesOfAllDue, "CLI-01 is new"]);

    const [failure, ...others] = checkConformance(root).failures;

    expect(others).toEqual([]);
    expect(failure).toMatch(/^docs\/conformance\.md is stale: run `npm run conformance`\n/);
    expect(failure).toMatch(/^ {4}\+ \| CLI-01 .* › is new · is proven \|$/m);
  });

  it("says which document is missing", () => {
    const { root } = createWorkspaceFixture();

    expect(checkConformance(root).failures).toEqual([
      "docs/conformance.md is missing: run `npm run conformance`",
      "docs/requirements.md is missing: run `npm run conformance`",
    ]);
  });

  it("fails when a requirement that is due has no test", () => {
    const { root } = createWorkspaceFixture(
      titlesOfAllDue.filter((title) => !title.startsWith("TOK-12")),
    );
    writeConformance(root);

    expect(checkConformance(root).failures).toEqual([
      expect.stringMatching(/^TOK-12 is due and has no test: /),
    ]);
  });

  it("fails when a title names an id that does not exist", () => {
    const { root } = createWorkspaceFixture([...titlesOfAllDue, "TOK-99 is no requirement"]);
    writeConformance(root);

    expect(checkConformance(root).failures).toEqual([
      `TOK-99 does not exist, but a title names it: ${testFile} › TOK-99 is no requirement`,
    ]);
  });

  it("fails when the report is not of the tests that are there", () => {
    const { root, write, remove, report } = createWorkspaceFixture();
    write("packages/x/test/new.test.ts", "");

    expect(checkConformance(root).failures).toEqual([
      `${reportFile} lacks packages/x/test/new.test.ts: run \`npm test\` first`,
    ]);

    remove("packages/x/test/new.test.ts");
    remove(testFile);
    write("packages/x/test/other.test.ts", "");
    report(["TOK-12 is proven"]);

    expect(checkConformance(root).failures).toEqual([
      `${reportFile} lacks packages/x/test/other.test.ts: run \`npm test\` first`,
      `${reportFile} names ${testFile}, which is gone: run \`npm test\` first`,
    ]);
  });

  it("fails when a report cannot be read", () => {
    const { root, write } = createWorkspaceFixture();
    write(reportFile, "{");

    expect(checkConformance(root).failures[0]).toMatch(
      /^packages\/x\/\.reports\/test\.json cannot/,
    );
  });
});
