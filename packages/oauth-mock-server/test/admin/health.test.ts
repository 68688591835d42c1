import { createControlledClock } from "@credicorp/oauth-core/testing";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { describe, expect, it } from "vitest";

describe("health", () => {
  it("ADM-08 is for everybody, over a socket as without one, and tells no details", async () => {
    await using sandbox = await createSandbox();
    const { url } = await sandbox.listen();

    for (const ask of [sandbox.fetch, (path: string) => fetch(url + path)]) {
      const alive = await ask("/healthz");
      const ready = await ask("/readyz");
      expect([alive.status, await alive.text()]).toEqual([200, '{"status":"alive"}']);
      expect([ready.status, await ready.text()]).toEqual([200, '{"status":"ready"}']);
      expect(ready.headers.get("cache-control")).toBe("no-store");
    }
  });

  it("ADM-08 is not ready while no key can sign, and ready again once one can", async () => {
    const clock = createControlledClock(1_800_000_000);
    await using sandbox = await createSandbox({ clock });

    const [first] = await sandbox.keys.list();
    await sandbox.keys.rotate();
    await sandbox.keys.revoke(first?.kid ?? "");
    // Before the only key that is left may sign.
    sandbox.clock.set(1_700_000_000);
    const early = await sandbox.fetch("/readyz");
    sandbox.clock.reset();

    expect([early.status, await early.text()]).toEqual([503, '{"status":"not_ready"}']);
    expect((await sandbox.fetch("/readyz")).status).toBe(200);
  });

  it("ADM-08 is not ready from the moment it closes, and alive until the end", async () => {
    const sandbox = await createSandbox();
    const closing = sandbox.close();

    expect((await sandbox.fetch("/readyz")).status).toBe(503);
    expect((await sandbox.fetch("/healthz")).status).toBe(200);
    await closing;
  });

  it("ADM-08 answers HEAD, and 405 to what would change something", async () => {
    await using sandbox = await createSandbox();

    const head = await sandbox.fetch("/readyz", { method: "HEAD" });
    const post = await sandbox.fetch("/healthz", { method: "POST" });

    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });

  it("ADM-08 leaves no trace in the journal", async () => {
    await using sandbox = await createSandbox();
    await sandbox.fetch("/readyz");

    expect(sandbox.requests.count()).toBe(0);
  });
});
