import type { VerificationKey } from "@credicorp/oauth-core";
import { createSharedChecks } from "@credicorp/oauth-core/resource-server";
import { describe, expect, it } from "vitest";

const oldKey: VerificationKey = { algorithm: "ES256", handle: "old" };
const newKey: VerificationKey = { algorithm: "ES256", handle: "new" };

/** A check that ends when the test says so. */
function createCheck() {
  let resolve: (verdict: boolean) => void = () => undefined;
  let reject: (cause: Error) => void = () => undefined;
  const promise = new Promise<boolean>((accept, refuse) => {
    resolve = accept;
    reject = refuse;
  });
  let runs = 0;
  const check = (): Promise<boolean> => {
    runs += 1;
    return promise;
  };
  return { check, resolve, reject, runs: () => runs };
}

describe("createSharedChecks", () => {
  it("runs one check for a token and its key, however many wait for it, and another one later", async () => {
    const { run } = createSharedChecks();
    const { check, resolve, runs } = createCheck();
    const verdicts = Promise.all([1, 2, 3].map(async () => run("token", oldKey, check)));
    resolve(true);

    expect(await verdicts).toEqual([true, true, true]);
    expect(runs()).toBe(1);
    await run("token", oldKey, check);
    expect(runs()).toBe(2);
  });

  it("ATK-17 shares no verdict of a key with a token that is checked by another one meanwhile", async () => {
    const { run } = createSharedChecks();
    const [byOld, byNew] = [createCheck(), createCheck()];
    const first = run("token", oldKey, byOld.check);
    const second = run("token", newKey, byNew.check);
    byOld.resolve(true);
    byNew.resolve(false);

    expect(await Promise.all([first, second])).toEqual([true, false]);
  });

  it("forgets a check that failed, so that the next request has its own", async () => {
    const { run } = createSharedChecks();
    const { check, reject } = createCheck();
    const failing = run("token", oldKey, check);
    reject(new Error("planted"));

    await expect(failing).rejects.toThrow("planted");
    expect(await run("token", oldKey, async () => true)).toBe(true);
  });
});
