/** A piece of memory that records lie in, one behind the other. */
export interface Block {
  readonly bytes: Buffer;

  /** How much of it is taken. */
  used: number;

  /** How many of the records in it are still wanted. */
  records: number;
}

/** Memory for records, outside of the heap: what lies here the garbage collector neither looks at nor moves. */
export interface Blocks {
  /** Copies a record in, behind the last one; it begins `record.length` bytes before what is `used` of the block then. */
  readonly place: (record: Uint8Array) => Block;

  /** Gives up the oldest record of a block. */
  readonly release: (block: Block) => void;
}

const blockBytes = 64 * 1024;

// A longer one has a block of its own: at most a quarter of any other is lost at its end.
const longestShared = blockBytes / 4;

/** Makes memory; it takes no more than its records need, and a block. */
export function createBlocks(): Blocks {
  let current: Block | undefined;
  let spare: Block | undefined;

  const open = (): Block => {
    const block = spare ?? { bytes: Buffer.allocUnsafeSlow(blockBytes), used: 0, records: 0 };
    spare = undefined;
    return block;
  };
  const put = (block: Block, record: Uint8Array): Block => {
    block.bytes.set(record, block.used);
    block.used += record.length;
    block.records += 1;
    return block;
  };

  return {
    place: (record) => {
      if (record.length > longestShared) {
        const bytes = Buffer.allocUnsafeSlow(record.length);
        return put({ bytes, used: 0, records: 0 }, record);
      }
      if (current === undefined || current.used + record.length > blockBytes) current = open();
      return put(current, record);
    },
    release: (block) => {
      block.records -= 1;
      if (block.records > 0) return;
      // Memory that is given back is handed out as it is: the secrets in it must be gone.
      block.bytes.fill(0, 0, block.used);
      block.used = 0;
      if (block !== current && block.bytes.length === blockBytes) spare = block;
    },
  };
}
