import { formatTable } from "../observation/markdown-table.ts";
import type { ObservationOccasion } from "../observation/occasion.ts";
import { verifierColumns } from "./columns.ts";
import type { VerifierFindings } from "./findings.ts";

/** A library that was observed. */
export interface ObservedVerifier {
  readonly name: string;
  readonly version: string;
  readonly setUp: string;
  readonly findings: VerifierFindings;
}

/** Writes what one library did as lines for a terminal. */
export function formatVerifier({ name, version, findings }: ObservedVerifier): string {
  const lines = verifierColumns.map(
    ({ title, describe, isGreen }) =>
      `  ${isGreen(findings) ? "✓" : "✗"} ${title}: ${describe(findings)}`,
  );
  return [`${name} ${version}`, ...lines].join("\n");
}

/** Writes the document that is kept in the repository. */
export function formatVerifiersDocument(
  verifiers: readonly ObservedVerifier[],
  { date, node, cpu }: ObservationOccasion,
): string {
  const rows = verifiers.map(({ name, version, findings }) => [
    `${name} ${version}`,
    ...verifierColumns.map(
      ({ describe, isGreen }) => `${isGreen(findings) ? "✓ " : ""}${describe(findings)}`,
    ),
  ]);
  return `# Our verifier beside others

What verifiers do with the keys of an issuer that is asked by many, that is down, that is flooded, and that changes its
keys. Observed on ${date} with Node ${node} on ${cpu}; written by
\`pnpm bench:verifiers --write\`. \`pnpm bench:verifiers --check\` fails unless every cell of our row has its ✓.

Fetches are requests for the key set, counted and not timed. Each library has a process of its own, whose clocks are put
forward, and each scenario a new issuer and a new verifier. ✓ is the best that can be had.

<!-- prettier-ignore-start -->
${formatTable(["", ...verifierColumns.map(({ title }) => title)], rows)}
<!-- prettier-ignore-end -->

- **refused**: the library throws, as for a bad token; its caller has to tell the two apart by the error. **unavailable**:
  it says that nobody can tell, which a resource server answers with 503, so that clients keep their tokens.
- **Down**: connections are closed without an answer. The keys were fetched before, and their answer said \`max-age=600\`,
  so that they are too old by 20 minutes when the issuer has been down for 30.
- **A minute after it is back**: one token is sent first, then the ten that count.
- **Unknown \`kid\`**: 200 tokens in a row, each with another id. Whatever is fetched for them, anybody can cause.
- **New key**: it is published beside the old one, and a token of it is sent every second of the clock.
- **Replaced**, **removed**: a token is sent every 30 seconds of the clock, for a day; what the answer's \`max-age\` allows, 10
  minutes, is the best that can be asked for.

How each was set up:

${verifiers.map(({ name, setUp }) => `- ${name}: ${setUp}`).join("\n")}

How fast each verifies is in [benchmarks.md](benchmarks.md).
`;
}
