import { cpus } from "node:os";

/** Where and when something was observed. */
export interface ObservationOccasion {
  /** ISO 8601 date. */
  readonly date: string;
  readonly node: string;
  readonly cpu: string;
}

/** Describes this machine, today. */
export function describeOccasion(): ObservationOccasion {
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    cpu: `${cpus().length} × ${cpus()[0]?.model ?? "unknown CPU"}`,
  };
}
