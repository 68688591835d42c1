/**
 * Secrets and keys that lie in files, as orchestrators put them there. For Node, Bun and Deno.
 *
 * @module
 */

import { readFile } from "node:fs/promises";

import { ConfigurationError } from "@credicorp/oauth-core";

/**
 * Makes the function that reads a secret or a key from a file, each time it is asked, so that a file that was replaced is
 * taken up by the next token request. One line break at the end is not part of the secret.
 */
export function fileSecret(path: string | URL): () => Promise<string> {
  return async () => {
    let text: string;
    try {
      text = await readFile(path, "utf8");
    } catch (error) {
      // The path is not repeated: somebody may have given the secret itself for it.
      const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
      throw new ConfigurationError("fileSecret", `The file of a secret cannot be read${code}`, {
        hint: "Check the path that fileSecret was given, and who may read the file.",
      });
    }
    return text.replace(/\r?\n$/, "");
  };
}
