import { expect, it, vi } from "vitest";

import { backgroundSleep, sleep, systemClock } from "@credicorp/oauth-runtime";

it("wakes after the time that was asked for", async () => {
  const start = systemClock.monotonicMs();

  await sleep(20);

  // Timers count whole milliseconds, so they may be early by a fraction.
  expect(systemClock.monotonicMs() - start).toBeGreaterThanOrEqual(19);
});

it("wakes early when the signal aborts, and leaves no listener behind", async () => {
  const controller = new AbortController();
  const removed = vi.spyOn(controller.signal, "removeEventListener");

  const sleeping = sleep(60_000, controller.signal);
  controller.abort();
  await sleeping;

  expect(removed).toHaveBeenCalledOnce();
});

it("does not sleep at all when the signal has aborted already", async () => {
  await expect(sleep(60_000, AbortSignal.abort())).resolves.toBeUndefined();
});

it("CLI-03 sleeps longer than one timer can", async () => {
  vi.useFakeTimers();
  let awake = false;

  const sleeping = sleep(2 ** 31 + 5).then(() => (awake = true));
  await vi.advanceTimersByTimeAsync(2 ** 31 + 4);
  expect(awake).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await sleeping;

  expect(awake).toBe(true);
  vi.useRealTimers();
});

it.each([
  { name: "sleep", wait: sleep, isHeld: true },
  { name: "backgroundSleep", wait: backgroundSleep, isHeld: false },
])("keeps the process alive or not, as its name says: $name", async ({ wait, isHeld }) => {
  const timers = vi.spyOn(globalThis, "setTimeout");
  const controller = new AbortController();

  const sleeping = wait(60_000, controller.signal);
  const timer = timers.mock.results[0]?.value as NodeJS.Timeout;
  expect(timer.hasRef()).toBe(isHeld);

  controller.abort();
  await sleeping;
});
