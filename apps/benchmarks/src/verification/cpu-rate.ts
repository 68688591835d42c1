/** What is done with each item; answers at once or later. */
export interface Work<Item, Result> {
  readonly act: (item: Item) => Result | Promise<Result>;

  /** Throws when the result is not what it must be. */
  readonly check: (result: Result) => void;
}

/**
 * Works on each item, one after the other; resolves to items per second of CPU time, of all threads of this process.
 * Other processes on the machine hardly touch it.
 */
export async function measureEach<Item, Result>(
  items: readonly Item[],
  { act, check }: Work<Item, Result>,
): Promise<number> {
  const before = process.cpuUsage();
  for (const item of items) {
    const result = act(item);
    // What is there at once must not cost a turn of the event loop.
    check(result instanceof Promise ? await result : result);
  }
  const { user, system } = process.cpuUsage(before);
  return (items.length * 1_000_000) / (user + system);
}
