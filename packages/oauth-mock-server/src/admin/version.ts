import { readFile } from "node:fs/promises";

/** Reads the version of this package: its manifest is two folders up, in the sources as in the bundle. */
export async function readVersion(): Promise<string> {
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
