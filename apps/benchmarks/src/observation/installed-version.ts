import { readFileSync } from "node:fs";

/** Returns the version of a package that the benchmarks depend on. */
export function installedVersion(name: string): string {
  const url = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
  const { version } = JSON.parse(readFileSync(url, "utf8")) as { readonly version: string };
  return version;
}
