/** The clocks of a process, which can be put forward. */
export interface MovableClocks {
  readonly advance: (seconds: number) => void;
}

/**
 * Puts movable clocks in place of `Date` and `performance.now`, for everything that is loaded afterwards.
 *
 * Timers go on as they were: only what looks at a clock sees the time pass.
 */
export function installMovableClocks(): MovableClocks {
  let aheadMs = 0;
  const RealDate = Date;
  const now = (): number => RealDate.now() + aheadMs;
  const monotonic = performance.now.bind(performance);
  performance.now = () => monotonic() + aheadMs;
  globalThis.Date = new Proxy(RealDate, {
    apply: () => new RealDate(now()).toString(),
    construct: (target, values) =>
      Reflect.construct(target, values.length === 0 ? [now()] : values),
    get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
  });
  return {
    advance: (seconds) => {
      aheadMs += seconds * 1000;
    },
  };
}
