/** Something that is counted, and has a size. */
export interface Numbered {
  readonly sequence: number;
}

/** The last of many things, in the order in which they came. */
export interface Ring<Item extends Numbered> {
  /** The number of the next item; none is used twice. */
  readonly nextSequence: () => number;

  /** Takes the item of `nextSequence` in, and drops the oldest ones as the bounds demand. */
  readonly append: (item: Item, sizeBytes: number) => void;

  /** From the oldest to the youngest. */
  readonly items: () => readonly Item[];

  /** From the youngest to the oldest, for as long as they are asked for. */
  readonly newestFirst: () => IterableIterator<Item>;
  readonly clear: () => void;
}

/** Makes a ring with room for `maxItems`, and for `maxBytes` but always for the last item. */
export function createRing<Item extends Numbered>(bounds: {
  readonly maxItems: number;
  readonly maxBytes: number;
}): Ring<Item> {
  const { maxItems, maxBytes } = bounds;
  // Slots are reused in turn: nothing is moved, however many there are.
  let slots: (Item | undefined)[] = [];
  let sizes: number[] = [];
  let oldest = 1;
  let next = 1;
  let totalBytes = 0;

  const dropOldest = (): void => {
    const slot = oldest % maxItems;
    slots[slot] = undefined;
    totalBytes -= sizes[slot] ?? 0;
    oldest += 1;
  };
  const at = (sequence: number): readonly Item[] => {
    const item = slots[sequence % maxItems];
    return item === undefined ? [] : [item];
  };

  return {
    nextSequence: () => next,
    append: (item, sizeBytes) => {
      if (next - oldest === maxItems) dropOldest();
      slots[next % maxItems] = item;
      sizes[next % maxItems] = sizeBytes;
      totalBytes += sizeBytes;
      next += 1;
      while (totalBytes > maxBytes && oldest < next - 1) dropOldest();
    },
    items: () => {
      const items: Item[] = [];
      for (let sequence = oldest; sequence < next; sequence += 1) items.push(...at(sequence));
      return items;
    },
    *newestFirst() {
      for (let sequence = next - 1; sequence >= oldest; sequence -= 1) yield* at(sequence);
    },
    clear: () => {
      slots = [];
      sizes = [];
      totalBytes = 0;
      oldest = next;
    },
  };
}
