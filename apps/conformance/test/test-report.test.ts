import { parseTestReport } from "@credicorp/conformance";
import { describe, expect, it } from "vitest";

interface Assertion {
  readonly ancestorTitles?: readonly string[];
  readonly title: string;
  readonly status?: string;
}

function reportOf(name: string, assertions: readonly Assertion[]): string {
  const assertionResults = assertions.map((assertion) => ({
    ancestorTitles: [],
    status: "passed",
    ...assertion,
  }));
  return JSON.stringify({ testResults: [{ name, assertionResults }] });
}

describe("parseTestReport", () => {
  it("names files from the workspace root, whatever checkout the report comes from", () => {
    const name = "/another/packages/oauth-x/checkout/packages/oauth-x/test/deep/y.test.ts";

    const tests = parseTestReport(reportOf(name, [{ title: "does it" }]), "packages/oauth-x");

    expect(tests).toEqual([{ file: "packages/oauth-x/test/deep/y.test.ts", titles: ["does it"] }]);
  });

  it("reads paths of Windows", () => {
    const name = String.raw`C:\work\packages\oauth-x\test\y.test.ts`;

    const tests = parseTestReport(reportOf(name, [{ title: "does it" }]), "packages/oauth-x");

    expect(tests[0]?.file).toBe("packages/oauth-x/test/y.test.ts");
  });

  it("keeps the titles of the groups", () => {
    const report = reportOf("/w/packages/x/test/y.test.ts", [
      { ancestorTitles: ["outer", "inner"], title: "does it" },
    ]);

    expect(parseTestReport(report, "packages/x")[0]?.titles).toEqual(["outer", "inner", "does it"]);
  });

  it("counts a test whatever its outcome, but not one that is only noted down", () => {
    const statuses = ["passed", "failed", "skipped", "pending", "todo"];
    const report = reportOf(
      "/w/packages/x/test/y.test.ts",
      statuses.map((status) => ({ title: status, status })),
    );

    const titles = parseTestReport(report, "packages/x").flatMap((test) => test.titles);

    expect(titles).toEqual(["passed", "failed", "skipped", "pending"]);
  });

  it.each([
    { what: "no JSON", text: "{" },
    { what: "no report", text: "{}" },
    { what: "null", text: "null" },
    { what: "results that are no list", text: '{"testResults":{}}' },
  ])("throws for $what", ({ text }) => {
    expect(() => parseTestReport(text, "packages/x")).toThrow(Error);
  });

  it("throws for a file of another package", () => {
    const report = reportOf("/w/packages/other/test/y.test.ts", [{ title: "does it" }]);

    expect(() => parseTestReport(report, "packages/x")).toThrow(TypeError);
  });
});
