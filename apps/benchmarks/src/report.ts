import type { Benchmark } from "./benchmark.ts";
import type { MeasuredCosts } from "./costs/cost-table.ts";
import { formatCostSection } from "./costs/cost-table.ts";
import type { ObservationOccasion } from "./observation/occasion.ts";
import type { Summary } from "./summary.ts";
import { isWithin } from "./summary.ts";

/** A benchmark that ran. */
export interface Result {
  readonly benchmark: Benchmark;
  readonly summary: Summary;
}

/** Where and when the figures were taken. */
export interface Occasion extends ObservationOccasion {
  readonly rounds: number;
}

/** Writes one result as lines for a terminal. */
export function formatResult({ benchmark, summary }: Result): string {
  const { name, unit, limit, band } = benchmark;
  const { ratio } = summary;
  const verdict = isWithin(band, summary) ? "within" : "OUTSIDE";
  return [
    name,
    `  ours   ${formatRate(summary.ours)} ${unit}`,
    `  limit  ${formatRate(summary.limit)} ${unit} (${limit})`,
    `  ratio  ${formatRatio(ratio.median)} (${formatRatio(ratio.min)} to ${formatRatio(ratio.max)}), ` +
      `${verdict} the band ${formatRatio(band.min)} to ${formatRatio(band.max)}`,
    ...Object.entries(summary.peers).map(
      ([peer, times]) => `  ${formatRatio(times)} times ${peer}`,
    ),
    ...(benchmark.notes?.() ?? []).map((note) => `  ${note}`),
  ].join("\n");
}

/** Writes the document that is kept in the repository. */
export function formatDocument(
  results: readonly Result[],
  occasion: Occasion,
  costs: readonly MeasuredCosts[] = [],
): string {
  const { date, node, cpu, rounds } = occasion;
  const rows = results.map(({ benchmark, summary }) =>
    [
      benchmark.name,
      benchmark.limit,
      formatRatio(summary.ratio.median),
      `${formatRatio(summary.ratio.min)} – ${formatRatio(summary.ratio.max)}`,
      `${formatRatio(benchmark.band.min)} – ${formatRatio(benchmark.band.max)}`,
      `${formatRate(summary.ours).trim()} ${benchmark.unit}`,
      formatPeers(summary.peers),
    ].join(" | "),
  );
  return `# Benchmarks

Ours next to the least that any implementation must do, as the ratio ours / limit within a round; the median of
${rounds} rounds that alternate. Absolute figures move with the machine, ratios hardly.

Taken on ${date} with Node ${node} on ${cpu}. Written by \`pnpm bench --write\`; \`pnpm bench --check\` fails where a
median leaves its band.

<!-- prettier-ignore-start -->
| what | limit | ratio | min – max | band | ours | next to peers |
| --- | --- | --- | --- | --- | --- | --- |
${rows.map((row) => `| ${row} |`).join("\n")}
<!-- prettier-ignore-end -->
${[formatNotes(results), ...costs.map(formatCostSection)].map((section) => section && `\n${section}`).join("")}`;
}

function formatNotes(results: readonly Result[]): string {
  return results
    .flatMap(({ benchmark: { name, notes } }) => (notes?.() ?? []).map((note) => [name, note]))
    .map(([name, note]) => `- ${name}: ${note}.\n`)
    .join("");
}

function formatPeers(peers: Readonly<Record<string, number>>): string {
  const entries = Object.entries(peers).map(([name, times]) => `${formatRatio(times)} × ${name}`);
  return entries.length === 0 ? "–" : entries.join(", ");
}

function formatRatio(ratio: number): string {
  return ratio.toFixed(2);
}

function formatRate(perSecond: number): string {
  return Math.round(perSecond).toLocaleString("en-GB").padStart(8);
}
