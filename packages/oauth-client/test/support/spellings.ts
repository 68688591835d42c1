import { inspect } from "node:util";

/** All that a logger could write of a value. */
export function spellings(value: unknown): string {
  const seen: string[] = [];
  for (let current = value, depth = 0; current !== undefined && depth < 5; depth += 1) {
    if (current instanceof Error) seen.push(String(current));
    seen.push(JSON.stringify(current) ?? "");
    seen.push(inspect(current, { depth: Infinity, showHidden: true, getters: true }));
    if (!(current instanceof Error)) break;
    seen.push(current.stack ?? "", current.message);
    for (const name of Object.getOwnPropertyNames(current)) {
      seen.push(inspect(Reflect.get(current, name), { depth: Infinity, showHidden: true }));
    }
    current = current.cause;
  }
  return seen.join("\n");
}
