import type { Buffer } from "node:buffer";

/** Makes views of a buffer, from its start, of each length one: tokens have few, and a new view costs as much as a copy. */
export function createViews(buffer: Buffer): (length: number) => Buffer {
  const views = new Map<number, Buffer>();
  return (length) => {
    let view = views.get(length);
    if (view === undefined) {
      view = buffer.subarray(0, length);
      views.set(length, view);
    }
    return view;
  };
}
