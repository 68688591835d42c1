import { createControlledClock } from "@credicorp/oauth-core/testing";
import type { Sandbox } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { describe, expect, it } from "vitest";

const tokenPath = "/partner/v1/oauth/token";
const jwksPath = "/.well-known/jwks.json";

async function askAsStranger(
  sandbox: Pick<Sandbox, "fetch">,
  { times, path = tokenPath, body = "" }: { times: number; path?: string; body?: string },
): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (let count = 0; count < times; count += 1) {
    const headers = { origin: "https://evil.example" };
    const response = await sandbox.fetch(path, { method: "POST", headers, body });
    expect(response.headers.get("x-request-id")).toMatch(/^[\w-]{22}$/);
    statuses.push(response.status);
  }
  return statuses;
}

async function ask(sandbox: Pick<Sandbox, "fetch">, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) await sandbox.fetch(jwksPath);
}

describe("what pages of other sites send", () => {
  it("SAFE-04 pushes nothing out of the journal that the sandbox itself was asked", async () => {
    const clock = createControlledClock();
    await using sandbox = await createSandbox({ clock, journal: { maxEntries: 60 } });
    await ask(sandbox, 57);

    const statuses = await askAsStranger(sandbox, { times: 200 });

    expect(new Set(statuses)).toEqual(new Set([403]));
    expect(sandbox.requests.count({ status: 200 })).toBe(57);
    expect(sandbox.requests.count({ status: 403 })).toBe(3);
  });

  it("SAFE-04 is noted again after a while, and after a reset", async () => {
    const clock = createControlledClock();
    await using sandbox = await createSandbox({ clock, journal: { maxEntries: 60 } });
    await askAsStranger(sandbox, { times: 5 });
    clock.advance(59);
    await askAsStranger(sandbox, { times: 5 });
    expect(sandbox.requests.count()).toBe(3);

    clock.advance(61);
    await askAsStranger(sandbox, { times: 5 });
    expect(sandbox.requests.count()).toBe(5);

    await sandbox.reset();
    await askAsStranger(sandbox, { times: 5 });
    expect(sandbox.requests.count()).toBe(3);
  });

  it("SAFE-04 takes a hundred entries at most, however large the journal is", async () => {
    const clock = createControlledClock();
    await using sandbox = await createSandbox({ clock });

    await askAsStranger(sandbox, { times: 101 });

    expect(sandbox.requests.count()).toBe(100);
  });

  it("SAFE-04 takes a twentieth of the journal's bytes at most", async () => {
    const clock = createControlledClock();
    await using sandbox = await createSandbox({ clock, journal: { maxBytes: 400_000 } });

    await askAsStranger(sandbox, { times: 10, body: "x".repeat(8000) });

    expect(sandbox.requests.count()).toBe(2);
  });

  it("SAFE-04 is noted once in a journal that is too small for any share", async () => {
    const clock = createControlledClock();
    await using sandbox = await createSandbox({ clock, journal: { maxBytes: 2000 } });

    await askAsStranger(sandbox, { times: 3 });

    expect(sandbox.requests.count()).toBe(1);
  });

  it("SAFE-04 is a matter of each namespace", async () => {
    const clock = createControlledClock();
    await using sandbox = await createSandbox({ clock, journal: { maxEntries: 60 } });
    const namespace = await sandbox.namespaces.create("a");
    await askAsStranger(sandbox, { times: 5 });

    await askAsStranger(namespace, { times: 5, path: `/ns/a${tokenPath}` });

    expect([sandbox.requests.count(), namespace.requests.count()]).toEqual([3, 3]);
  });
});
