import { installMovableTimers } from "./movable-timers.ts";

/** The clocks of a process, which can be put forward. */
export interface MovableClocks {
  readonly advance: (seconds: number) => void;
}

const second = 1_000_000_000n;

/**
 * Puts movable clocks in place of `Date`, `performance.now` and `process.hrtime`, for everything that is loaded afterwards.
 *
 * Timers go on as they were, unless they are to be moved too: then those whose time has come run as the clocks are put
 * forward.
 */
export function installMovableClocks(
  options: { readonly movesTimers?: boolean } = {},
): MovableClocks {
  let aheadMs = 0;
  const RealDate = Date;
  const now = (): number => RealDate.now() + aheadMs;
  const monotonic = performance.now.bind(performance);
  performance.now = () => monotonic() + aheadMs;
  const realNanoseconds = process.hrtime.bigint.bind(process.hrtime);
  const nanoseconds = (): bigint => realNanoseconds() + BigInt(aheadMs) * 1_000_000n;
  process.hrtime = Object.assign(
    ([seconds, rest]: readonly [number, number] = [0, 0]): [number, number] => {
      const passed = nanoseconds() - (BigInt(seconds) * second + BigInt(rest));
      return [Number(passed / second), Number(passed % second)];
    },
    { bigint: nanoseconds },
  );
  globalThis.Date = new Proxy(RealDate, {
    apply: () => new RealDate(now()).toString(),
    construct: (target, values) =>
      Reflect.construct(target, values.length === 0 ? [now()] : values),
    get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
  });
  const timers =
    options.movesTimers === true ? installMovableTimers(() => performance.now()) : undefined;
  return {
    advance: (seconds) => {
      aheadMs += seconds * 1000;
      timers?.runDue();
    },
  };
}
