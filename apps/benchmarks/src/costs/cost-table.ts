/** What one thing costs. */
export interface Cost {
  readonly what: string;

  /** Median CPU time, in microseconds. */
  readonly microseconds: number;

  /** A cost above it fails `--check`; absent: it is shown alone. */
  readonly maxMicroseconds?: number;
}

/** Costs that are shown together. */
export interface CostTable {
  readonly name: string;

  /** How they are measured, in a sentence. */
  readonly introduction: string;
  readonly measure: (rounds: number) => Promise<readonly Cost[]>;
}

/** A table that was measured. */
export interface MeasuredCosts {
  readonly table: CostTable;
  readonly costs: readonly Cost[];
}

/** Writes a table as lines for a terminal. */
export function formatCosts({ table, costs }: MeasuredCosts): string {
  const lines = costs.map(({ what, microseconds }) => `  ${format(microseconds)} µs  ${what}`);
  return [table.name, ...lines].join("\n");
}

/** Writes a table as a section of the document. */
export function formatCostSection({ table, costs }: MeasuredCosts): string {
  const rows = costs.map(({ what, microseconds, maxMicroseconds }) => {
    const bound = maxMicroseconds === undefined ? "–" : maxMicroseconds.toLocaleString("en-GB");
    return `| ${what} | ${format(microseconds).trim()} | ${bound} |`;
  });
  return `## ${table.name}

${table.introduction}

<!-- prettier-ignore-start -->
| what | µs | at most |
| --- | --- | --- |
${rows.join("\n")}
<!-- prettier-ignore-end -->
`;
}

/** Returns what costs more than it may. */
export function costsAboveBound(measured: readonly MeasuredCosts[]): readonly string[] {
  return measured.flatMap(({ costs }) =>
    costs
      .filter(({ microseconds, maxMicroseconds = Infinity }) => !(microseconds <= maxMicroseconds))
      .map(({ what }) => what),
  );
}

function format(microseconds: number): string {
  return microseconds.toFixed(1).padStart(8);
}
