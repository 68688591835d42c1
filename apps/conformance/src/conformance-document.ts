import type { Capability } from "./capabilities.ts";
import { capabilities, capabilityNames } from "./capabilities.ts";
import type { Coverage, ProvingTest } from "./coverage.ts";
import { listUntested } from "./coverage.ts";
import { formatPlainText, formatTable, joinBlocks } from "./markdown.ts";
import type { Requirement, RequirementSection } from "./requirements/requirement.ts";

/** A table of hundreds of rows of one `it.each` helps nobody. */
const maxTestsPerFile = 8;

const maxSentenceLength = 140;

/** Writes `docs/conformance.md`: every requirement with the tests that carry it. */
export function formatConformanceDocument(
  catalogue: readonly RequirementSection[],
  coverage: Coverage,
): string {
  const untested = listUntested(catalogue, coverage);
  return joinBlocks([
    ["# Conformance"],
    [
      "Which test carries which requirement. Written by `npm run conformance` from the reports of",
      "the last test run: do not edit. A test carries a requirement when its title, or the title of",
      "a group around it, starts with the id. The requirements with their sources are in",
      "[requirements.md](requirements.md).",
    ],
    ["## Summary"],
    formatSummary(catalogue, new Set(untested)),
    ["## Without a test"],
    ["### Due now"],
    formatDueNow(untested),
    ["### Belongs to a later capability"],
    formatLater(untested),
    ...catalogue.flatMap((section) => [
      [`## ${section.title}`],
      formatTable(
        ["id", "strength", "requirement", "tests"],
        section.requirements.map(({ id, strength, title }) => [
          id,
          strength,
          title,
          formatTests(coverage.testsOf.get(id) ?? []),
        ]),
      ),
    ]),
  ]);
}

/** Tells whether a requirement belongs to a capability that has landed. */
export function isDueNow({ since }: Requirement): boolean {
  return capabilities[since].isDelivered;
}

function formatSummary(
  catalogue: readonly RequirementSection[],
  untested: ReadonlySet<Requirement>,
): readonly string[] {
  const isTested = (requirement: Requirement): boolean => !untested.has(requirement);
  const sections = [
    ...catalogue,
    { title: "**All**", requirements: catalogue.flatMap(({ requirements }) => requirements) },
  ];
  return formatTable(
    ["section", "requirements", "with a test", "due now", "due now with a test"],
    sections.map(({ title, requirements }) => {
      const due = requirements.filter(isDueNow);
      return [
        title,
        String(requirements.length),
        String(requirements.filter(isTested).length),
        String(due.length),
        String(due.filter(isTested).length),
      ];
    }),
  );
}

function formatDueNow(untested: readonly Requirement[]): readonly string[] {
  const due = untested.filter(isDueNow);
  if (due.length === 0) return ["None."];
  return due.map(({ id, strength, title }) => `- ${id} (${strength}): ${title}`);
}

function formatLater(untested: readonly Requirement[]): readonly string[] {
  const lines = capabilityNames
    .filter((name) => !capabilities[name].isDelivered)
    .flatMap((name) => formatLaterCapability(name, untested));
  return lines.length === 0 ? ["None."] : lines;
}

function formatLaterCapability(
  name: Capability,
  untested: readonly Requirement[],
): readonly string[] {
  const ids = untested.filter(({ since }) => since === name).map(({ id }) => id);
  if (ids.length === 0) return [];
  return [`- ${capabilities[name].title}, ${ids.length}: ${ids.join(", ")}`];
}

function formatTests(tests: readonly ProvingTest[]): string {
  const files = [...new Set(tests.map(({ file }) => file))];
  return files
    .map((file) =>
      formatFile(
        file,
        tests.filter((test) => test.file === file),
      ),
    )
    .join("<br>");
}

function formatFile(file: string, tests: readonly ProvingTest[]): string {
  const shown = tests.slice(0, maxTestsPerFile).map(({ sentence }) => formatSentence(sentence));
  const rest = tests.length - shown.length;
  if (rest > 0) shown.push(`and ${rest} more`);
  return `\`${file}\` › ${shown.join(" · ")}`;
}

function formatSentence(sentence: string): string {
  const isLong = sentence.length > maxSentenceLength;
  return formatPlainText(isLong ? `${sentence.slice(0, maxSentenceLength)}…` : sentence);
}
