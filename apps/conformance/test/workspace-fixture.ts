import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { capabilities, requirementCatalogue } from "@credicorp/conformance";
import { onTestFinished } from "vitest";

/** The only test file of the workspace. */
export const testFile = "packages/x/test/y.test.ts";

/** The report of the only test file. */
export const reportFile = "packages/x/.reports/test.json";

/** One title for each requirement that is due. */
export const titlesOfAllDue: readonly string[] = requirementCatalogue
  .flatMap(({ requirements }) => requirements)
  .filter(({ since }) => capabilities[since].isDelivered)
  .map(({ id }) => `${id} is proven`);

/** A workspace in a temporary folder, which goes with the test that made it. */
export interface WorkspaceFixture {
  readonly root: string;
  readonly read: (path: string) => string;
  readonly write: (path: string, text: string) => void;
  readonly remove: (path: string) => void;

  /** Writes the report of the only test file. */
  readonly report: (titles: readonly string[], status?: string) => void;
}

/** Makes a workspace whose only package has one test file, and a report of it. */
export function createWorkspaceFixture(
  titles: readonly string[] = titlesOfAllDue,
): WorkspaceFixture {
  const root = mkdtempSync(join(tmpdir(), "conformance-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));

  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const report = (reported: readonly string[], status = "passed"): void => {
    const assertionResults = reported.map((title) => ({ ancestorTitles: [], title, status }));
    const testResults = [{ name: join(root, testFile), assertionResults }];
    write(reportFile, JSON.stringify({ testResults }));
  };
  write(testFile, "");
  report(titles);

  return {
    root,
    read: (path) => readFileSync(join(root, path), "utf8"),
    write,
    remove: (path) => rmSync(join(root, path)),
    report,
  };
}
