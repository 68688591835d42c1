import { describe, expectTypeOf } from "vitest";

import type { Sandbox } from "@credicorp/oauth-mock-server";
import { it } from "@credicorp/oauth-mock-server/vitest";

import { tokenRequest } from "../support/requests.ts";

const tokenPath = "/partner/v1/oauth/token";
const seen: Sandbox[] = [];

/** Asks so many times, and says how often the sandbox was asked, by whomever. */
async function ask(sandbox: Sandbox, count: number): Promise<number> {
  const init = tokenRequest(sandbox.clients.get("partner-basic"));
  for (let turn = 0; turn < count; turn += 1) await sandbox.fetch(tokenPath, init);
  return sandbox.requests.count();
}

describe("the fixture of vitest", () => {
  it("TST-01 gives a test a sandbox", async ({ sandbox, expect }) => {
    seen.push(sandbox);

    expectTypeOf(sandbox).toEqualTypeOf<Sandbox>();
    expect(await ask(sandbox, 1)).toBe(1);
  });

  it("TST-01 gives the next test another one, and has closed the first", async ({
    sandbox,
    expect,
  }) => {
    const [first] = seen;

    expect(sandbox).not.toBe(first);
    expect(sandbox.requests.count()).toBe(0);
    await expect(first?.listen()).rejects.toMatchObject({ message: "The sandbox is closed" });
  });

  it("makes none for a test that asks for none", ({ sandboxOptions, expect }) => {
    expect(sandboxOptions).toEqual({});
  });
});

describe.concurrent("the fixture in tests that run at the same time", () => {
  for (const count of [1, 2, 3, 4, 5]) {
    it(`TST-04 counts ${count} requests, all its own`, async ({ sandbox, expect }) => {
      expect(await ask(sandbox, count)).toBe(count);
    });
  }
});

const itBriefly = it.extend({
  sandboxOptions: { accessTokenLifetimeSeconds: 60 },
});

describe("the fixture with options", () => {
  itBriefly("makes the sandbox with them", async ({ sandbox, expect }) => {
    const init = tokenRequest(sandbox.clients.get("partner-basic"));

    const response = await sandbox.fetch(tokenPath, init);

    expect(await response.json()).toMatchObject({ expires_in: 60 });
  });
});
