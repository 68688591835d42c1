import { createCancellation } from "@credicorp/oauth-core/key-set";
import { describe, expect, it } from "vitest";

describe("cancellation", () => {
  it("tells its listeners once, and none that has left", () => {
    const { signal, cancel } = createCancellation();
    const told: string[] = [];
    const leaves = (): void => void told.push("leaves");
    signal.addEventListener("abort", () => told.push("stays"));
    signal.addEventListener("abort", leaves);
    signal.removeEventListener("abort", leaves);

    expect(signal.aborted).toBe(false);
    cancel();
    cancel();
    expect(signal.aborted).toBe(true);
    expect(told).toEqual(["stays"]);
  });
});
