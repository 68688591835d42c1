import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { TestCase } from "./test-report.ts";
import { parseTestReport } from "./test-report.ts";

/** What the last test run of a workspace left behind. */
export interface TestReports {
  readonly tests: readonly TestCase[];

  /** Why the reports are not those of the tests that are there now; empty when all is well. */
  readonly problems: readonly string[];
}

/**
 * Reads the test reports of all packages and apps below `root`.
 *
 * Each package with test files must have a report that names all of them and no other: a table
 * made of half a test run would call requirements untested that are not.
 */
export function readTestReports(root: string): TestReports {
  const reports = ["packages", "apps"]
    .flatMap((parent) => listFolder(join(root, parent)).map((name) => `${parent}/${name}`))
    .flatMap((folder) => [
      readReport(root, folder, { report: "test.json", isOwnFile: isSourceTest }),
      readReport(root, folder, { report: "test-built.json", isOwnFile: isBuiltTest }),
      readReport(root, folder, { report: "test-browser.json", isOwnFile: isBrowserTest }),
    ]);
  return {
    tests: reports.flatMap(({ tests }) => tests),
    problems: reports.flatMap(({ problems }) => problems),
  };
}

interface ReportKind {
  readonly report: string;
  readonly isOwnFile: (file: string) => boolean;
}

function readReport(root: string, folder: string, kind: ReportKind): TestReports {
  const { report, isOwnFile } = kind;
  const files = listTestFiles(root, folder).filter(isOwnFile);
  if (files.length === 0) return { tests: [], problems: [] };

  const path = `${folder}/.reports/${report}`;
  if (!existsSync(join(root, path))) return { tests: [], problems: [`${path} is missing`] };

  try {
    const tests = parseTestReport(readFileSync(join(root, path), "utf8"), folder);
    return { tests, problems: compareFiles(path, files, new Set(tests.map(({ file }) => file))) };
  } catch (error) {
    return { tests: [], problems: [`${path} cannot be read: ${String(error)}`] };
  }
}

function compareFiles(
  path: string,
  files: readonly string[],
  reported: ReadonlySet<string>,
): readonly string[] {
  const present = new Set(files);
  return [
    ...files.filter((file) => !reported.has(file)).map((file) => `${path} lacks ${file}`),
    ...[...reported]
      .filter((file) => !present.has(file))
      .map((file) => `${path} names ${file}, which is gone`),
  ];
}

function isSourceTest(file: string): boolean {
  return !isBuiltTest(file) && !isBrowserTest(file);
}

function isBuiltTest(file: string): boolean {
  return file.includes("/test/built/");
}

function isBrowserTest(file: string): boolean {
  return file.includes("/test/browser/");
}

function listTestFiles(root: string, folder: string): readonly string[] {
  return listFolder(join(root, folder, "test"), { recursive: true })
    .map((name) => `${folder}/test/${name.replaceAll("\\", "/")}`)
    .filter((file) => file.endsWith(".test.ts"));
}

function listFolder(path: string, options?: { readonly recursive: true }): readonly string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { encoding: "utf8", recursive: options?.recursive ?? false }).toSorted();
}
