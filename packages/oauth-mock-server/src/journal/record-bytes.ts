/**
 * Values as bytes: first numbers, lengths and bytes in the order in which they were written, behind them all texts.
 *
 * What is kept of a request lives long, and there is much of it. As an object with lists of pairs of strings it would be a
 * hundred things that the garbage collector has to follow and to move; bytes beside the heap are nothing to it.
 *
 * @module
 */

/** Takes values, and gives them as one record. */
export interface RecordWriter {
  /** A whole number from 0 to 2³² − 1. */
  readonly count: (value: number) => void;
  readonly number: (value: number) => void;

  /** Any text, lone surrogates included. */
  readonly text: (value: string) => void;
  readonly bytes: (value: Uint8Array) => void;

  /** Returns what has been written, good until the next value is, and begins anew. */
  readonly finish: () => Uint8Array;
}

/** Gives values back in the order in which they were written. */
export interface RecordReader {
  readonly count: () => number;
  readonly number: () => number;
  readonly text: () => string;
  readonly bytes: () => Uint8Array;
  readonly isAtEnd: () => boolean;
}

// At the beginning: where the texts are, and whether they are ASCII.
const prefixBytes = 5;
const encodings = ["latin1", "utf16le"] as const;

// A count is one byte; or this one, and four more.
const longCount = 0xff;
const longCountBytes = 5;
const numberBytes = 8;

const initialBytes = 4 * 1024;
const mostKeptBytes = 64 * 1024;

/** Makes a writer. It keeps its memory between records: records are written one after the other, never two at a time. */
export function createRecordWriter(): RecordWriter {
  let target = Buffer.allocUnsafeSlow(initialBytes);
  let position = prefixBytes;
  // Many texts are faster written as one.
  let texts = "";

  const reserve = (more: number): void => {
    if (position + more <= target.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * (position + more));
    target.copy(larger, 0, 0, position);
    target = larger;
  };
  const count = (value: number): void => {
    reserve(longCountBytes);
    if (value < longCount) {
      target[position] = value;
      position += 1;
    } else {
      target[position] = longCount;
      position = target.writeUInt32LE(value, position + 1);
    }
  };
  const writeTexts = (): void => {
    // UTF-8 takes up to three bytes for a unit: what is cut must not look like ASCII.
    reserve(3 * texts.length);
    const start = position;
    target.writeUInt32LE(start, 0);
    position += target.write(texts, start);
    const isAscii = position - start === texts.length;
    if (!isAscii) position = start + target.write(texts, start, "utf16le");
    target[prefixBytes - 1] = isAscii ? 0 : 1;
  };

  return {
    count,
    number: (value) => {
      reserve(numberBytes);
      position = target.writeDoubleLE(value, position);
    },
    text: (value) => {
      count(value.length);
      texts += value;
    },
    bytes: (value) => {
      count(value.length);
      reserve(value.length);
      target.set(value, position);
      position += value.length;
    },
    finish: () => {
      writeTexts();
      const record = target.subarray(0, position);
      position = prefixBytes;
      texts = "";
      if (target.length > mostKeptBytes) target = Buffer.allocUnsafeSlow(initialBytes);
      return record;
    },
  };
}

/** Reads a record from its beginning. The bytes that it gives are those of the record, and not a copy. */
export function createRecordReader(record: Buffer): RecordReader {
  const textsStart = record.readUInt32LE(0);
  const form = record[prefixBytes - 1] === 0 ? 0 : 1;
  let position = prefixBytes;
  let textPosition = textsStart;

  const skip = (length: number): number => {
    const start = position;
    position += length;
    return start;
  };
  const count = (): number => {
    const value = record[skip(1)] ?? 0;
    return value < longCount ? value : record.readUInt32LE(skip(longCountBytes - 1));
  };

  return {
    count,
    number: () => record.readDoubleLE(skip(numberBytes)),
    text: () => {
      const start = textPosition;
      textPosition += count() << form;
      return record.toString(encodings[form], start, textPosition);
    },
    bytes: () => {
      const length = count();
      return record.subarray(skip(length), position);
    },
    isAtEnd: () => position === textsStart,
  };
}
