/** One test, as the report of a run names it. */
export interface TestCase {
  /** Path of its file from the workspace root, with forward slashes. */
  readonly file: string;

  /** The titles of the groups around it, outermost first, and its own title last. */
  readonly titles: readonly string[];
}

/** The parts that are read of a report in the JSON format of vitest and jest. */
interface JsonReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
    }[];
  }[];
}

/**
 * Reads the tests of one package from the JSON report of vitest.
 *
 * A test counts whether it ran or was skipped, as skipping depends on the machine; one that was
 * only noted down (`todo`) does not. Files are named relative to `folder`, because a report that
 * comes from a build cache holds the absolute paths of another checkout.
 *
 * @throws `SyntaxError` when the text is not JSON, and `TypeError` when it is not such a report.
 */
export function parseTestReport(text: string, folder: string): readonly TestCase[] {
  const report: unknown = JSON.parse(text);
  if (!isJsonReport(report)) throw new TypeError("This is not a JSON report of vitest");
  return report.testResults.flatMap(({ name, assertionResults }) => {
    const file = workspacePath(name, folder);
    return assertionResults
      .filter(({ status }) => status !== "todo")
      .map(({ ancestorTitles, title }) => ({ file, titles: [...ancestorTitles, title] }));
  });
}

function isJsonReport(value: unknown): value is JsonReport {
  return (
    typeof value === "object" &&
    value !== null &&
    "testResults" in value &&
    Array.isArray(value.testResults)
  );
}

function workspacePath(absolutePath: string, folder: string): string {
  const path = absolutePath.replaceAll("\\", "/");
  const start = path.lastIndexOf(`/${folder}/`);
  if (start === -1) throw new TypeError(`The report of ${folder} names a file outside of it`);
  return path.slice(start + 1);
}
