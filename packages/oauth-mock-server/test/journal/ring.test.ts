import { describe, expect, it } from "vitest";

import type { Ring } from "../../src/journal/ring.ts";
import { createRing } from "../../src/journal/ring.ts";

const labelBytes = 100;

function fill(ring: Ring<number>, lengths: readonly number[]): void {
  for (const length of lengths) {
    const sequence = ring.nextSequence();
    ring.append(Buffer.alloc(length, sequence % 256), {
      at: sequence,
      id: `id ${sequence}`,
      label: length,
    });
  }
}

function sequences(ring: Ring<number>): readonly number[] {
  return Array.from(ring.items(), ({ sequence }) => sequence);
}

/** Every record is the one that came with its label, whatever came and went around it. */
function expectWhole(ring: Ring<number>): void {
  for (const { sequence, at, id, label: length, copyRecord } of ring.items()) {
    expect(at).toBe(sequence);
    expect(id).toBe(`id ${sequence}`);
    expect(copyRecord().equals(Buffer.alloc(length, sequence % 256))).toBe(true);
  }
}

describe("a ring", () => {
  it("has the last so many, in both directions", () => {
    const ring = createRing<number>({ maxItems: 3, maxBytes: Infinity, labelBytes });

    fill(ring, [1, 2, 3, 4, 5]);

    expect(sequences(ring)).toEqual([3, 4, 5]);
    expect(Array.from(ring.newestFirst(), ({ sequence }) => sequence)).toEqual([5, 4, 3]);
    expect(ring.nextSequence()).toBe(6);
    expectWhole(ring);
  });

  it.each([
    { maxBytes: 330, kept: [1, 2, 3] },
    { maxBytes: 329, kept: [2, 3] },
    { maxBytes: 220, kept: [2, 3] },
    { maxBytes: 219, kept: [3] },
    { maxBytes: 1, kept: [3] },
  ])(
    "with room for $maxBytes bytes keeps $kept of three that take 110 each",
    ({ maxBytes, kept }) => {
      const ring = createRing<number>({ maxItems: 10, maxBytes, labelBytes });

      fill(ring, [10, 10, 10]);

      expect(sequences(ring)).toEqual(kept);
    },
  );

  it("has room again for what it has dropped", () => {
    const ring = createRing<number>({ maxItems: 10, maxBytes: 1000, labelBytes });

    fill(ring, [10, 690, 10]);
    expect(sequences(ring)).toEqual([2, 3]);
    fill(ring, [900, ...Array.from({ length: 12 }, () => 0)]);

    expect(sequences(ring)).toEqual([7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
    expectWhole(ring);
  });

  it("numbers on when it is cleared, and is as good as new", () => {
    const ring = createRing<number>({ maxItems: 2, maxBytes: 250, labelBytes });
    fill(ring, [10, 10, 10]);

    ring.clear();
    expect(sequences(ring)).toEqual([]);
    fill(ring, [20, 20]);

    expect(sequences(ring)).toEqual([4, 5]);
    expectWhole(ring);
  });

  it.each([1, 2, 7, 400])("keeps records of all lengths whole, %i at a time", (maxItems) => {
    const ring = createRing<number>({ maxItems, maxBytes: 2_000_000, labelBytes });
    // Many to a block, few to a block, as much as a block shares with others, and a block of its own.
    const lengths = [1600, 0, 16_384, 16_385, 300, 65_536, 70_000, 9000];

    for (let turn = 0; turn < 120; turn += 1) {
      fill(ring, [...lengths.slice(turn % 8), ...lengths.slice(0, turn % 8)]);
      if (turn % 10 === 0) expectWhole(ring);
    }

    expectWhole(ring);
    expect(sequences(ring).at(-1)).toBe(960);
  });

  it("gives copies, which the next record does not touch", () => {
    const ring = createRing<number>({ maxItems: 1, maxBytes: Infinity, labelBytes });
    fill(ring, [10]);
    const [copy] = Array.from(ring.items(), ({ copyRecord }) => copyRecord());

    fill(ring, [10]);

    expect(copy?.equals(Buffer.alloc(10, 1))).toBe(true);
  });

  it("lets an iteration go on while records come and go", () => {
    const ring = createRing<number>({ maxItems: 3, maxBytes: Infinity, labelBytes });
    fill(ring, [1, 1, 1]);
    const seen: number[] = [];

    for (const { sequence, copyRecord } of ring.items()) {
      seen.push(sequence);
      expect(copyRecord()[0]).toBe(sequence);
      if (sequence === 1) fill(ring, [1]);
    }

    expect(seen).toEqual([1, 2, 3, 4]);
  });
});
