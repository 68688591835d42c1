import { expect, it } from "vitest";

import { createBlocks } from "../../src/journal/blocks.ts";

const blockBytes = 64 * 1024;
const secret = Buffer.from("a secret that was sent");

it("leaves nothing of a record behind that was the last of its block", () => {
  const blocks = createBlocks();
  const block = blocks.place(secret);
  blocks.place(secret);

  blocks.release(block);
  expect(block.bytes.includes(secret)).toBe(true);
  blocks.release(block);

  expect(block.bytes.includes(secret)).toBe(false);
});

it("leaves nothing behind in a block that a long record had for itself", () => {
  const blocks = createBlocks();
  const block = blocks.place(Buffer.concat([secret, Buffer.alloc(blockBytes)]));

  blocks.release(block);

  expect(block.bytes.includes(secret)).toBe(false);
});

it("takes no more memory for records that come and go", () => {
  const blocks = createBlocks();
  const seen = new Set<Buffer>();
  const placed = [];

  for (let turn = 0; turn < 2000; turn += 1) {
    const block = blocks.place(Buffer.alloc(1000));
    seen.add(block.bytes);
    placed.push(block);
    const oldest = placed.length > 100 ? placed.shift() : undefined;
    if (oldest !== undefined) blocks.release(oldest);
  }

  // A hundred are in two blocks, or begin in a third; one is spare.
  expect(seen.size).toBeLessThanOrEqual(4);
});

it("takes no more memory for records of which there is never more than one", () => {
  const blocks = createBlocks();
  const seen = new Set<Buffer>();

  for (let turn = 0; turn < 500; turn += 1) {
    const block = blocks.place(Buffer.alloc(1000));
    seen.add(block.bytes);
    blocks.release(block);
  }

  expect(seen.size).toBe(1);
});

it("lets no two records that are wanted lie in the same place", () => {
  const blocks = createBlocks();
  const lengths = [blockBytes / 4, blockBytes / 4, blockBytes / 4, blockBytes / 4, 1];

  const places = lengths.map((length) => {
    const { bytes, used } = blocks.place(Buffer.alloc(length));
    return { bytes, start: used - length, end: used };
  });

  for (const { bytes, end } of places) expect(end).toBeLessThanOrEqual(bytes.length);
  expect(places.map(({ start }) => start)).toEqual([
    0,
    blockBytes / 4,
    blockBytes / 2,
    (blockBytes / 4) * 3,
    0,
  ]);
  expect(places.at(-1)?.bytes).not.toBe(places[0]?.bytes);
});
