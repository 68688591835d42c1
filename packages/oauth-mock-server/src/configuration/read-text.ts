import { readFile } from "node:fs/promises";

import { ConfigurationError } from "@credicorp/oauth-core";

/** Reads a file. @throws {@link ConfigurationError} that says what to do */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    const remedy =
      code === "ENOENT"
        ? "does not exist: check the path"
        : `cannot be read (${code}): check its permissions`;
    throw new ConfigurationError("--config", `${path} ${remedy}`);
  }
}
