import { capabilities } from "./capabilities.ts";
import { formatTable, joinBlocks } from "./markdown.ts";
import type { RequirementSection } from "./requirements/requirement.ts";

/** Writes `docs/requirements.md`: every requirement with its source and when it is due. */
export function formatRequirementsDocument(catalogue: readonly RequirementSection[]): string {
  return joinBlocks([
    ["# Requirements"],
    [
      "What the endpoints, tokens, clients and resource servers of this project do, each with an id",
      "and its source. Written by `npm run conformance` from `apps/conformance/src/requirements`:",
      "do not edit. The tests that carry them are in [conformance.md](conformance.md).",
    ],
    [
      "`must` and `should` are those of the source, `recommended` is ours, and `profile` holds under",
      "the FAPI 2.0 profile only. An `attack` must fail, and a `pitfall` must be avoided.",
    ],
    ...catalogue.flatMap((section) => [
      [`## ${section.title}`],
      formatTable(
        ["id", "strength", "requirement", "source", "belongs to"],
        section.requirements.map(({ id, strength, title, sources, since }) => [
          id,
          strength,
          title,
          sources.map(formatSource).join(", "),
          capabilities[since].title,
        ]),
      ),
    ]),
  ]);
}

function formatSource(source: string): string {
  const { rfc, kind, part } = rfcSource.exec(source)?.groups ?? {};
  if (rfc === undefined || kind === undefined || part === undefined) return source;
  return `[${source}](https://www.rfc-editor.org/rfc/rfc${rfc}#${kind}-${part})`;
}

const rfcSource = /^RFC (?<rfc>\d+) (?<kind>section|appendix) (?<part>[\dA-Z][\d.]*)$/;
