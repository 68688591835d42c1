import { readFileSync } from "node:fs";

/** Reads the version of this package: its manifest is two folders up, in the sources as in the bundle. */
export function readVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
