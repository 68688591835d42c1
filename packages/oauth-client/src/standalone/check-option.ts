import { ConfigurationError } from "@credicorp/oauth-core";

/** @throws {@link ConfigurationError} that names the option, unless it is right. */
export function checkOption(option: string, isRight: boolean): void {
  if (!isRight) throw new ConfigurationError(option, `The option ${option} is missing or wrong`);
}

/** @throws {@link ConfigurationError} when it is no positive number; infinity is one. */
export function checkPositive(option: string, value: unknown): void {
  checkOption(option, typeof value === "number" && value > 0);
}
