import { inspect } from "node:util";

/** The ways in which programs write errors to their logs. */
const writers: Readonly<Record<string, (error: unknown) => string>> = {
  inspect: (error) => inspect(error),
  "deep inspect": (error) => inspect(error, { depth: Infinity }),
  JSON: (error) => writeJson(error),
  stack: (error) => (error instanceof Error ? String(error.stack) : ""),
  message: (error) => String(error),
};

/** Names the ways of writing errors in which a secret can be read, in any of the forms in which it travels. */
export function findSecret(
  errors: readonly unknown[],
  { clientId, clientSecret }: { readonly clientId: string; readonly clientSecret: string },
): readonly string[] {
  const forms = [clientSecret, Buffer.from(`${clientId}:${clientSecret}`).toString("base64")];
  return Object.entries(writers)
    .filter(([, write]) =>
      errors.some((error) => forms.some((form) => write(error).includes(form))),
    )
    .map(([name]) => name);
}

/** What refers to itself cannot be written, and so cannot be seen. */
function writeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "";
  }
}
