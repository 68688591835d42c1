import { invalidOption } from "./check-option.ts";

/** Refuses options that are not `known`, of those at `at`, unless they are undefined. @throws {@link ConfigurationError} for the first of them */
export function checkOptionNames(options: object, known: readonly string[], at: string): void {
  const stray = Object.entries(options).find(
    ([name, value]) => value !== undefined && !known.includes(name),
  );
  if (stray !== undefined) throw invalidOption(at + stray[0], "is no option here");
}
