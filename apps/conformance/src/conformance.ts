import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { formatConformanceDocument, isDueNow } from "./conformance-document.ts";
import type { Coverage } from "./coverage.ts";
import { findCoverage, listUntested } from "./coverage.ts";
import { findLineDifferences, isSameText } from "./line-differences.ts";
import { readTestReports } from "./read-test-reports.ts";
import { requirementCatalogue } from "./requirements/catalogue.ts";
import { formatRequirementsDocument } from "./requirements-document.ts";

/** What came of writing or checking the documents. */
export interface ConformanceOutcome {
  /** What is wrong, one line each; empty when nothing is. */
  readonly failures: readonly string[];

  /** What was done or found, for a person. */
  readonly summary: string;
}

const maxShownLines = 10;

/** Writes both documents from the reports of the last test run below `root`. */
export function writeConformance(root: string): ConformanceOutcome {
  const { problems, coverage, documents } = prepare(root);
  if (problems.length > 0) return { failures: problems, summary: "Nothing was written" };

  mkdirSync(join(root, "docs"), { recursive: true });
  for (const [path, text] of documents) writeFileSync(join(root, path), text);
  return { failures: findGaps(coverage), summary: `Wrote ${[...documents.keys()].join(", ")}` };
}

/**
 * Checks that both documents are fresh, that every requirement that is due has a test, and that no
 * title names an id that does not exist.
 */
export function checkConformance(root: string): ConformanceOutcome {
  const { problems, coverage, documents } = prepare(root);
  if (problems.length > 0) return { failures: problems, summary: "Nothing was compared" };

  const stale = [...documents].flatMap(([path, text]) => describeStaleness(root, path, text));
  const failures = [...stale, ...findGaps(coverage)];
  return { failures, summary: `${documents.size} documents, ${failures.length} failures` };
}

interface Prepared {
  readonly problems: readonly string[];
  readonly coverage: Coverage;

  /** Texts by their path from the root. */
  readonly documents: ReadonlyMap<string, string>;
}

function prepare(root: string): Prepared {
  const { tests, problems } = readTestReports(root);
  const coverage = findCoverage(requirementCatalogue, tests);
  return {
    problems: problems.map((problem) => `${problem}: run \`npm test\` first`),
    coverage,
    documents: new Map([
      ["docs/conformance.md", formatConformanceDocument(requirementCatalogue, coverage)],
      ["docs/requirements.md", formatRequirementsDocument(requirementCatalogue)],
    ]),
  };
}

function findGaps(coverage: Coverage): readonly string[] {
  return [
    ...listUntested(requirementCatalogue, coverage)
      .filter(isDueNow)
      .map(({ id, title }) => `${id} is due and has no test: ${title}`),
    ...coverage.unknownIds.map(
      ({ id, file, title }) => `${id} does not exist, but a title names it: ${file} › ${title}`,
    ),
  ];
}

function describeStaleness(root: string, path: string, text: string): readonly string[] {
  const absolutePath = join(root, path);
  if (!existsSync(absolutePath)) return [`${path} is missing: run \`npm run conformance\``];

  const before = readFileSync(absolutePath, "utf8");
  if (isSameText(before, text)) return [];

  const { removed, added } = findLineDifferences(before, text);
  const lines = [...removed.map((line) => `- ${line}`), ...added.map((line) => `+ ${line}`)];
  const shown = lines.slice(0, maxShownLines).map((line) => `\n    ${line}`);
  const rest = lines.length - shown.length;
  const more = rest > 0 ? `\n    and ${rest} more lines` : "";
  return [`${path} is stale: run \`npm run conformance\`${shown.join("")}${more}`];
}
