import type { ReadSettings } from "./settings.ts";

const redacted = "[redacted]";

/** Members that hold a secret, or a part of a private key, wherever they are. */
const secretMembers = new Set([
  "secret",
  "secretDigest",
  "nonceSecret",
  "adminToken",
  "admin-token",
  "key",
  "d",
  "p",
  "q",
  "dp",
  "dq",
  "qi",
  "oth",
  "k",
]);

/** Writes what holds and who said it, as JSON, without secrets. */
export function formatConfiguration({ settings, file }: ReadSettings): string {
  const shown = Object.entries(settings)
    .filter(([name]) => !["help", "version", "print-config"].includes(name))
    .map(([name, { value, from }]) => [
      name,
      { value: secretMembers.has(name) && value !== undefined ? redacted : (value ?? null), from },
    ]);
  const document = {
    settings: Object.fromEntries(shown) as unknown,
    configuration: file?.configuration ?? {},
    configurationFrom: file === undefined ? "default" : settings.config.value,
  };
  const text = JSON.stringify(document, redact, 2);
  return `${text}\n`;
}

function redact(member: string, value: unknown): unknown {
  return secretMembers.has(member) && isGiven(value) ? redacted : value;
}

/** A setting is told apart from its value: what `settings` says of it was redacted before. */
function isGiven(value: unknown): boolean {
  return typeof value === "string" || Array.isArray(value);
}
