import type { Block } from "./blocks.ts";
import { createBlocks } from "./blocks.ts";

/** What goes with a record, and can be had without reading it. */
export interface Labelled<Label> {
  /** In seconds since the Unix epoch. */
  readonly at: number;

  /** What the record may be looked for by. */
  readonly id: string | undefined;
  readonly label: Label;
}

/** A record in a ring. */
export interface RingItem<Label> extends Labelled<Label> {
  readonly sequence: number;

  /** Is to be called at once: where the record lies, another one may lie soon. */
  readonly copyRecord: () => Buffer;
}

/** The last of many records, in the order in which they came. */
export interface Ring<Label> {
  /** The number of the next record; none is used twice. */
  readonly nextSequence: () => number;

  /** The number of the oldest record; without one, that of the next. */
  readonly oldestSequence: () => number;

  /** Copies a record in under the number of `nextSequence`, and drops the oldest ones as the bounds demand. */
  readonly append: (record: Uint8Array, labelled: Labelled<Label>) => void;

  /** From the oldest to the youngest. */
  readonly items: () => IterableIterator<RingItem<Label>>;

  /** From the youngest to the oldest, for as long as they are asked for. */
  readonly newestFirst: () => IterableIterator<RingItem<Label>>;
  readonly clear: () => void;
}

/** What a ring holds. */
export interface RingBounds {
  readonly maxItems: number;

  /** Of all records together with their labels; the last record is there in any case. */
  readonly maxBytes: number;

  /** What a label takes, and the place of its record. */
  readonly labelBytes: number;
}

/** Where a record is. Slots are used again: once a ring is full, nothing is made for a record. */
interface Slot<Label> {
  /** Absent: the slot is free. */
  block: Block | undefined;
  start: number;
  length: number;
  at: number;
  id: string | undefined;
  label: Label | undefined;
}

/** Makes a ring that is empty. */
export function createRing<Label>({ maxItems, maxBytes, labelBytes }: RingBounds): Ring<Label> {
  const blocks = createBlocks();
  let slots: Slot<Label>[] = [];
  // The slot of the oldest record; those of the others follow it, round the end.
  let first = 0;
  let count = 0;
  let next = 1;
  let totalBytes = 0;

  const oldest = (): number => next - count;
  const dropOldest = (): void => {
    const slot = slots[first];
    if (slot?.block === undefined) return;
    totalBytes -= labelBytes + slot.length;
    blocks.release(slot.block);
    slot.block = undefined;
    slot.id = undefined;
    slot.label = undefined;
    first = (first + 1) % slots.length;
    count -= 1;
  };
  const nextSlot = (): Slot<Label> => {
    const free = count < slots.length ? slots[(first + count) % slots.length] : undefined;
    if (free !== undefined) return free;
    if (first > 0) slots = [...slots.slice(first), ...slots.slice(0, first)];
    first = 0;
    const slot = {
      block: undefined,
      start: 0,
      length: 0,
      at: 0,
      id: undefined,
      label: undefined,
    };
    slots.push(slot);
    return slot;
  };
  const itemAt = (sequence: number): RingItem<Label> => {
    // Between the oldest and the youngest no slot is free.
    const slot = slots[(first + sequence - oldest()) % slots.length] as Slot<Label>;
    const { block, start, length, at, id } = slot;
    const copyRecord = (): Buffer =>
      Buffer.from((block as Block).bytes.subarray(start, start + length));
    return { sequence, at, id, label: slot.label as Label, copyRecord };
  };

  return {
    nextSequence: () => next,
    oldestSequence: oldest,
    append: (record, { at, id, label }) => {
      if (count === maxItems) dropOldest();
      const { length } = record;
      const slot = nextSlot();
      const block = blocks.place(record);
      slot.block = block;
      slot.start = block.used - length;
      slot.length = length;
      slot.at = at;
      slot.id = id;
      slot.label = label;
      count += 1;
      next += 1;
      totalBytes += labelBytes + length;
      while (totalBytes > maxBytes && count > 1) dropOldest();
    },
    *items() {
      for (let sequence = oldest(); sequence < next; sequence += 1) {
        // Whoever takes them one by one may find that some have gone.
        if (sequence >= oldest()) yield itemAt(sequence);
      }
    },
    *newestFirst() {
      for (let sequence = next - 1; sequence >= oldest(); sequence -= 1) yield itemAt(sequence);
    },
    clear: () => {
      while (count > 0) dropOldest();
      slots = [];
      first = 0;
    },
  };
}
