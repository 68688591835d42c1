/** Runs tasks one after the other; one that fails does not keep the next from running. */
export function createSequence(): <Value>(task: () => Promise<Value>) => Promise<Value> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const running = last.then(task, task);
    last = running;
    return running;
  };
}
