import { createControlledClock } from "@credicorp/oauth-core/testing";
import { describe, expect, it } from "vitest";

describe("createControlledClock", () => {
  it("stands still until it is told to move", () => {
    const clock = createControlledClock(1_000);

    expect([clock.now(), clock.now()]).toEqual([1_000, 1_000]);
    expect([clock.monotonicMs(), clock.monotonicMs()]).toEqual([0, 0]);
  });

  it("moves both of its times forward", () => {
    const clock = createControlledClock(1_000);

    clock.advance(1.5);
    clock.advance(2);

    expect(clock.now()).toBe(1_003.5);
    expect(clock.monotonicMs()).toBe(3_500);
  });

  it("sets the wall clock, backwards too, unnoticed by the monotonic one", () => {
    const clock = createControlledClock(1_000);

    clock.advance(10);
    clock.setNow(500);

    expect(clock.now()).toBe(500);
    expect(clock.monotonicMs()).toBe(10_000);
  });

  it("is independent of other clocks", () => {
    const clock = createControlledClock();
    const other = createControlledClock();

    clock.advance(60);

    expect(clock.now() - other.now()).toBe(60);
  });
});
