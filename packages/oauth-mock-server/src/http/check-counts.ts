import { ConfigurationError } from "@credicorp/oauth-core";

/** Checks members of an option that count something. @throws {@link ConfigurationError} that names the first that cannot */
export function checkCounts(option: string, counts: Readonly<Record<string, number>>): void {
  for (const [member, count] of Object.entries(counts)) {
    if (Number.isSafeInteger(count) && count >= 1) continue;
    const name = `${option}.${member}`;
    throw new ConfigurationError(name, `${name} must be a whole number of at least 1`);
  }
}
