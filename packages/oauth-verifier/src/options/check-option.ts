import { ConfigurationError } from "@credicorp/oauth-core";

/** Checks a number at run time too; `undefined` stands for the default. @throws {@link ConfigurationError} */
export function checkNumber(
  value: unknown,
  option: string,
  [min, max]: readonly [number, number],
): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !(value >= min && value <= max)) {
    throw invalidOption(option, `must be a number from ${min} to ${max}`);
  }
  return value;
}

/** Makes the error that names an option and the rule that it breaks, and repeats no value. */
export function invalidOption(option: string, rule: string): ConfigurationError {
  return new ConfigurationError(option, `The verifier's option ${option} ${rule}`);
}
