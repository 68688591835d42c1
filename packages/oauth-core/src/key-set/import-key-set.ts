import type { ExportedKeySet } from "./exported-key-set.ts";
import type { KeySetKey } from "./key-set-key.ts";
import type { KeySetOptions } from "./key-set-options.ts";
import type { KeySetState } from "./key-set-state.ts";
import { emptyKeySet } from "./key-set-state.ts";

/**
 * Why an imported set is not served.
 *
 * `import_times`: it was exported in the future, or lives longer than any set may, so that its age cannot be told.
 * `import_dead`: it is too old. `import_no_usable_key`: none of its keys is fit to verify with.
 */
export type KeySetImportRefusal = "import_times" | "import_dead" | "import_no_usable_key";

// The most that verification tolerates between two clocks.
const maxClockDifferenceSeconds = 300;

/** Tells why the times of an exported set make it useless at `now` (epoch seconds); `undefined`: they do not. */
export function checkImportTimes(
  { exportedAt, expiresAt, deadAt }: ExportedKeySet,
  { now, options }: { readonly now: number; readonly options: KeySetOptions },
): "import_times" | "import_dead" | undefined {
  const isPlausible =
    exportedAt <= now + maxClockDifferenceSeconds &&
    // A second for what is lost when instants are converted.
    expiresAt <= exportedAt + options.maxLifetimeSeconds + 1 &&
    deadAt >= expiresAt;
  if (!isPlausible) return "import_times";
  return now < endOf({ expiresAt, deadAt }, options) ? undefined : "import_dead";
}

/**
 * Returns the state of a set that was imported: never fresh, and being fetched, so that the issuer has the word soon.
 *
 * It ends when its exporter would have ended it, or earlier where this verifier bounds it more tightly.
 */
export function importedKeySet(
  exported: ExportedKeySet,
  context: {
    readonly keys: readonly KeySetKey[];
    readonly now: number;
    readonly nowMs: number;
    readonly options: KeySetOptions;
  },
): KeySetState {
  const { keys, now, nowMs, options } = context;
  const toMs = (epochSeconds: number): number => nowMs + (epochSeconds - now) * 1000;
  return {
    ...emptyKeySet(options),
    keys,
    refreshAtMs: nowMs,
    expiresAtMs: toMs(exported.expiresAt),
    deadAtMs: toMs(endOf(exported, options)),
    validator: exported.validator,
    isFetching: true,
  };
}

function endOf(
  { expiresAt, deadAt }: Pick<ExportedKeySet, "expiresAt" | "deadAt">,
  { maxStaleSeconds }: KeySetOptions,
): number {
  return Math.min(deadAt, expiresAt + maxStaleSeconds);
}
