/**
 * Values that requests may share: no request can change what the others see.
 *
 * @module
 */

/** A value that is frozen at every level. */
export interface FrozenCopy {
  readonly copy: unknown;

  /** Characters in all its texts, names of members included. */
  readonly textLength: number;
}

// They bound values that contain themselves, too.
const maxDepth = 64;
const maxNodes = 10_000;

const notPlain = Symbol("not plain");

/**
 * Copies plain data, frozen at every level; the value stays as it is, for it may be somebody else's.
 *
 * Plain are primitives, arrays, and objects without a class, accessors and symbols. Anything else, such as a `Date` or a
 * `Map`, can be changed although it is frozen: for it the result is `undefined`.
 */
export function copyFrozen(value: unknown): FrozenCopy | undefined {
  const progress = { nodes: 0, depth: 0, textLength: 0 };
  try {
    const copy = copyAny(value, progress);
    return copy === notPlain ? undefined : { copy, textLength: progress.textLength };
  } catch {
    // Plain data can be looked at: it is a proxy that says no.
    return undefined;
  }
}

/** Tells whether requests may share a value once it is frozen. */
export function isShareable(value: unknown): boolean {
  return copyFrozen(value) !== undefined;
}

interface Progress {
  nodes: number;
  depth: number;
  textLength: number;
}

function copyAny(value: unknown, progress: Progress): unknown {
  if (typeof value === "function") return notPlain;
  if (typeof value === "string") progress.textLength += value.length;
  if (typeof value !== "object" || value === null) return value;
  progress.nodes += 1;
  if (progress.nodes > maxNodes || progress.depth >= maxDepth) return notPlain;
  progress.depth += 1;
  const copy = Array.isArray(value) ? copyArray(value, progress) : copyObject(value, progress);
  progress.depth -= 1;
  return copy;
}

function copyArray(array: readonly unknown[], progress: Progress): unknown {
  if (Object.getPrototypeOf(array) !== Array.prototype) return notPlain;
  // A hole, or a member that is not an item.
  if (Reflect.ownKeys(array).length !== array.length + 1) return notPlain;
  const items: unknown[] = [];
  for (const item of array) {
    const copy = copyAny(item, progress);
    if (copy === notPlain) return notPlain;
    items.push(copy);
  }
  return Object.freeze(items);
}

function copyObject(object: object, progress: Progress): unknown {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) return notPlain;
  const members: [string, PropertyDescriptor][] = [];
  for (const name of Reflect.ownKeys(object)) {
    const member = Object.getOwnPropertyDescriptor(object, name);
    if (typeof name === "symbol" || member === undefined || !("value" in member)) return notPlain;
    const copy = copyAny(member.value, progress);
    if (copy === notPlain) return notPlain;
    progress.textLength += name.length;
    members.push([name, { value: copy, enumerable: member.enumerable === true }]);
  }
  // Unlike assignment, fromEntries makes a member named `__proto__` one like any other.
  return Object.freeze(Object.create(prototype, Object.fromEntries(members)));
}
