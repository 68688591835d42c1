import type { Requirement, RequirementSection } from "./requirements/requirement.ts";
import { parseTitleIds } from "./requirement-ids.ts";
import type { TestCase } from "./test-report.ts";

/** A test that carries a requirement. */
export interface ProvingTest {
  readonly file: string;

  /** Its title without the ids. */
  readonly sentence: string;
}

/** A title that starts with an id which looks like ours and does not exist. */
export interface UnknownId {
  readonly id: string;
  readonly file: string;
  readonly title: string;
}

/** Which tests carry which requirements. */
export interface Coverage {
  /** The tests of each id, sorted and without repetition; every id of the catalogue has an entry. */
  readonly testsOf: ReadonlyMap<string, readonly ProvingTest[]>;

  readonly unknownIds: readonly UnknownId[];
}

/**
 * Finds the requirement ids in the titles of tests and of the groups around them.
 *
 * The result depends on neither the order nor the outcome of the tests.
 */
export function findCoverage(
  catalogue: readonly RequirementSection[],
  tests: readonly TestCase[],
): Coverage {
  const ids = catalogue.flatMap(({ requirements }) => requirements.map(({ id }) => id));
  const prefixes = new Set(ids.map((id) => id.slice(0, id.indexOf("-"))));
  const testsOf = new Map(ids.map((id) => [id, new Map<string, ProvingTest>()]));
  const unknownIds = new Map<string, UnknownId>();

  for (const { file, titles } of tests) {
    const parsed = titles.map((title) => ({ title, ...parseTitleIds(title, prefixes) }));
    const sentence = parsed.at(-1)?.sentence ?? "";
    for (const { title, ids: found } of parsed) {
      for (const id of found) {
        const key = `${file}\n${title}`;
        const known = testsOf.get(id);
        if (known === undefined) unknownIds.set(`${id}\n${key}`, { id, file, title });
        else known.set(`${file}\n${sentence}`, { file, sentence });
      }
    }
  }

  return {
    testsOf: new Map([...testsOf].map(([id, found]) => [id, sortedValues(found)])),
    unknownIds: sortedValues(unknownIds),
  };
}

/** Lists the requirements that no test carries, in the order of the catalogue. */
export function listUntested(
  catalogue: readonly RequirementSection[],
  coverage: Coverage,
): readonly Requirement[] {
  return catalogue
    .flatMap(({ requirements }) => requirements)
    .filter(({ id }) => (coverage.testsOf.get(id)?.length ?? 0) === 0);
}

// By code unit and not by locale, so that every machine sorts alike.
function sortedValues<Value>(byKey: ReadonlyMap<string, Value>): readonly Value[] {
  return [...byKey].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
