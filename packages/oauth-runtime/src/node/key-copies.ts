import type { KeyObject } from "node:crypto";
import { createPrivateKey } from "node:crypto";

/** Copies of one private key, for signatures that are under way at the same time. */
export interface KeyCopies<Copy> {
  /** Takes a copy that no signature is made with at the moment. */
  readonly take: () => Copy;
  readonly giveBack: (copy: Copy) => void;
}

// As many as a busy server has signatures under way; beyond them one more copy is made and thrown away.
const maxIdle = 64;

/**
 * Makes copies as they are needed.
 *
 * Node locks a key object for as long as a thread of its pool signs with it, and whoever hands in the next signature
 * with the same object waits for the lock: the main thread would stand still for a third of its time.
 */
export function createKeyCopies<Copy>(
  key: KeyObject,
  prepare: (key: KeyObject) => Copy,
): KeyCopies<Copy> {
  const idle: Copy[] = [prepare(key)];
  let der: Buffer | undefined;
  return {
    take: () => {
      const copy = idle.pop();
      if (copy !== undefined) return copy;
      der ??= key.export({ format: "der", type: "pkcs8" });
      return prepare(createPrivateKey({ key: der, format: "der", type: "pkcs8" }));
    },
    giveBack: (copy) => {
      if (idle.length < maxIdle) idle.push(copy);
    },
  };
}
