import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { link, rename, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Numbered values under keys: each key is a folder, each value a file whose name is its number.
 *
 * All that processes must agree on is who writes a number first. `link` gives it to one of them, with the whole value; a
 * racy log looks, waits and writes.
 *
 * @param {string} root
 * @param {{ readonly racy: boolean }} options
 */
export function createFolderLog(root, { racy }) {
  const drafts = join(root, "drafts");
  mkdirSync(drafts, { recursive: true });
  const folderOf = (key) => join(root, `key-${Buffer.from(key).toString("hex")}`);

  /** Values after number `after`, oldest first. */
  const read = (key, after = 0) => {
    if (!existsSync(folderOf(key))) return [];
    return readdirSync(folderOf(key))
      .map(Number)
      .filter((number) => number > after)
      .toSorted((left, right) => left - right)
      .map((number) => ({ number, value: readValue(join(folderOf(key), String(number))) }));
  };

  /** Number of the newest value, 0 without any. */
  const readEnd = (key) =>
    existsSync(folderOf(key)) ? Math.max(0, ...readdirSync(folderOf(key)).map(Number)) : 0;

  /** The newest value. */
  const readHead = (key) => {
    const number = readEnd(key);
    if (number === 0) return { number, value: undefined };
    return { number, value: readValue(join(folderOf(key), String(number))) };
  };

  /** Writes value `number`, and tells whether it was the first to do so. */
  const write = async (key, number, value) => {
    mkdirSync(folderOf(key), { recursive: true });
    const draft = join(drafts, randomUUID());
    const target = join(folderOf(key), String(number));
    if (racy) {
      if (existsSync(target)) return false;
      await sleep(5);
      await writeFile(draft, JSON.stringify(value));
      await rename(draft, target);
      return true;
    }
    await writeFile(draft, JSON.stringify(value));
    try {
      await link(draft, target);
      return true;
    } catch (error) {
      if (error.code === "EEXIST") return false;
      throw error;
    } finally {
      await unlink(draft);
    }
  };

  return { read, readEnd, readHead, write };
}

function readValue(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}
