import { isUtf8 } from "node:buffer";
import { readFile } from "node:fs/promises";

import { ConfigurationError } from "@credicorp/oauth-core";

const byteOrderMark = "\uFEFF";

/** Reads a file of UTF-8, without its byte order mark. @throws {@link ConfigurationError} that says what to do */
export async function readText(path: string): Promise<string> {
  const bytes = await readBytes(path);
  if (!isUtf8(bytes)) {
    // Some shells and editors of Windows write UTF-16.
    throw new ConfigurationError("--config", `${path} is not UTF-8: save it as UTF-8`);
  }
  const text = bytes.toString("utf8");
  return text.startsWith(byteOrderMark) ? text.slice(byteOrderMark.length) : text;
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    const remedy =
      code === "ENOENT"
        ? "does not exist: check the path"
        : `cannot be read (${code}): check its permissions`;
    throw new ConfigurationError("--config", `${path} ${remedy}`);
  }
}
