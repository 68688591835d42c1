import { createControlledClock } from "@credicorp/oauth-core/testing";
import type { Sandbox, SandboxConfiguration } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { describe, expect, it } from "vitest";

import { tokenRequest } from "./support/requests.ts";

const tokenPath = "/partner/v1/oauth/token";
const ticksPerTurn = 20;

/** Looks between all that a change of a sandbox does: at every microtask, with a turn of the event loop now and then. */
async function watch<Seen>(change: Promise<unknown>, look: () => Seen): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  let isDone = false;
  const ended = change.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    for (let tick = 0; tick < ticksPerTurn; tick += 1) {
      seen.push(look());
      await Promise.resolve();
    }
    await new Promise((resolve) => void setImmediate(resolve));
  }
  await ended;
  return [...seen, look()];
}

function distinct<Seen>(seen: readonly Seen[]): readonly Seen[] {
  return [...new Set(seen.map((one) => JSON.stringify(one)))].map((one) => JSON.parse(one) as Seen);
}

const slow: SandboxConfiguration = { accessTokenAlgorithm: "RS256", additionalAlgorithms: [] };

/** A reset makes a key, which takes a while: the first is gone, and the second not there yet when the clock is set back. */
async function createSlowToReset(): Promise<Sandbox> {
  const sandbox = await createSandbox(slow);
  sandbox.clock.advance("10d");
  await sandbox.keys.rotate();
  sandbox.clock.advance("10d");
  await sandbox.keys.maintain();
  return sandbox;
}

describe("a reset, looked at while it goes on", () => {
  it("CMD-01 moves clock, secrets, faults and journal in one step", async () => {
    const clock = createControlledClock(1_800_000_000);
    await using sandbox = await createSandbox({ clock });
    clock.advance(1000);
    sandbox.clock.advance("1h");
    sandbox.faults.add({ fault: "server_error" });
    await sandbox.fetch(tokenPath);

    const seen = await watch(sandbox.reset(), () => ({
      offsetMs: sandbox.clock.state().offsetMs,
      endsAt: sandbox.clients.get("partner-two-secrets").secrets?.[1]?.expiresAt,
      faults: sandbox.faults.list().length,
      requests: sandbox.requests.count(),
    }));

    expect(distinct(seen)).toEqual([
      { offsetMs: 3_600_000, endsAt: 1_800_000_600, faults: 1, requests: 1 },
      { offsetMs: 0, endsAt: 1_800_001_600, faults: 0, requests: 0 },
    ]);
  });

  it("FLT-11 can sign at every moment, although its keys were changed in a future that has not come", async () => {
    await using sandbox = await createSandbox();
    for (let turn = 0; turn < 3; turn += 1) {
      sandbox.clock.advance("10d");
      await sandbox.keys.rotate();
      await sandbox.keys.maintain();
    }
    const init = tokenRequest(sandbox.clients.get("partner-basic"));
    let asked = 0;

    const answers: Promise<Response>[] = [];
    await watch(sandbox.reset(), () => {
      asked += 1;
      // Not so many that the budget of the client is what is seen.
      if (asked % 40 === 1) answers.push(sandbox.fetch(tokenPath, init));
    });

    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(statuses.length).toBeGreaterThan(1);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it("loses no key that is made while it makes one itself", async () => {
    await using sandbox = await createSlowToReset();

    await Promise.all([sandbox.reset(), sandbox.keys.rotate({ algorithm: "Ed25519" })]);

    const keys = await sandbox.keys.list();
    expect(keys.filter(({ phase }) => phase === "signing").map((key) => key.algorithm)).toEqual(
      expect.arrayContaining(["RS256", "Ed25519"]),
    );
  });

  it("CMD-05 loses no configuration that comes while it makes a key", async () => {
    await using sandbox = await createSlowToReset();

    await Promise.all([
      sandbox.reset(),
      sandbox.reconfigure({ ...slow, accessTokenLifetimeSeconds: 60 }),
    ]);

    const init = tokenRequest(sandbox.clients.get("partner-basic"));
    const response = await sandbox.fetch(tokenPath, init);
    expect(await response.json()).toMatchObject({ expires_in: 60 });
  });

  it("is at the place where it listens since, though it made a key meanwhile", async () => {
    await using other = await createSandbox();
    // What listening needs is loaded then: a place is found sooner than a key.
    await other.listen();
    await using sandbox = await createSlowToReset();

    const [{ url }] = await Promise.all([sandbox.listen(), sandbox.reset()]);

    expect(sandbox.issuer).toBe(url);
  });

  it("may go on while keys are made and the configuration changes, and loses neither", async () => {
    await using sandbox = await createSandbox();

    await Promise.all([
      sandbox.reset(),
      sandbox.keys.rotate({ algorithm: "ES384" }),
      sandbox.reconfigure({ accessTokenLifetimeSeconds: 60 }),
      sandbox.reset(),
    ]);

    const response = await sandbox.fetch(
      tokenPath,
      tokenRequest(sandbox.clients.get("partner-basic")),
    );
    expect(await response.json()).toMatchObject({ expires_in: 60 });
    expect((await sandbox.keys.list()).map(({ algorithm }) => algorithm)).toContain("ES384");
  });
});

describe("another configuration, looked at while it comes", () => {
  const client = {
    tokenEndpointAuthMethod: "client_secret_basic",
    secret: "sandbox_test_Jq7Vn2kTzX4mWc9RbY5sPd8hLf3gAe6u",
    scope: ["x"],
  } as const;

  const lookAt = (space: Pick<Sandbox, "clients" | "faults">) => ({
    clients: space.clients.list().map(({ id, scope }) => `${id} ${scope.join(" ")}`),
    faults: space.faults.list().map(({ id }) => id),
  });

  it("CMD-05 NSP-07 reaches the sandbox and its namespaces in one step, with clients, faults and keys", async () => {
    const before: SandboxConfiguration = {
      clients: ["stays", "changes", "goes"].map((id) => ({ ...client, id })),
      faults: [{ fault: "delay", delayMs: 1, id: "old" }],
    };
    await using sandbox = await createSandbox(before);
    const namespace = await sandbox.namespaces.create("a");
    await sandbox.clients.create({ ...client, id: "added" });

    const seen = await watch(
      sandbox.reconfigure({
        clients: [
          { ...client, id: "stays" },
          { ...client, id: "changes", scope: ["x", "y"] },
          { ...client, id: "comes" },
        ],
        faults: [{ fault: "delay", delayMs: 1, id: "new" }],
        accessTokenAlgorithm: "ES384",
      }),
      () => ({ sandbox: lookAt(sandbox), namespace: lookAt(namespace) }),
    );

    const old = { clients: ["stays x", "changes x", "goes x"], faults: ["old"] };
    const next = { clients: ["stays x", "changes x y", "comes x"], faults: ["new"] };
    expect(distinct(seen)).toEqual([
      { sandbox: { ...old, clients: [...old.clients, "added x"] }, namespace: old },
      {
        sandbox: { ...next, clients: ["stays x", "changes x y", "added x", "comes x"] },
        namespace: next,
      },
    ]);
    expect((await sandbox.keys.list()).map(({ algorithm }) => algorithm)).toEqual([
      "ES256",
      "ES384",
    ]);
  });

  it("CMD-05 brings nothing back that was reset while it made a key", async () => {
    await using sandbox = await createSandbox();
    await sandbox.clients.create({ ...client, id: "added", scope: ["decisions:read"] });

    await Promise.all([sandbox.reconfigure({ accessTokenAlgorithm: "RS256" }), sandbox.reset()]);

    expect(sandbox.clients.list().map(({ id }) => id)).not.toContain("added");
    expect((await sandbox.keys.list()).map((key) => key.algorithm)).toEqual(["ES256", "RS256"]);
  });

  it("CMD-05 leaves no key behind when it is refused", async () => {
    await using sandbox = await createSandbox();
    const keys = await sandbox.keys.list();

    await expect(
      sandbox.reconfigure({
        accessTokenAlgorithm: "ES384",
        faults: [{ fault: "server_error", endpoint: "token", id: "a" }, { fault: "jolt" } as never],
      }),
    ).rejects.toThrow(/faults\[1\]/);

    expect(await sandbox.keys.list()).toEqual(keys);
  });
});

describe("clients that are made and changed at the same time", () => {
  const scope = ["decisions:read"];

  it("CMD-05 keeps one that is made while the configuration changes: served, and shown too", async () => {
    await using sandbox = await createSandbox();

    // Its key takes longer to make than the other configuration does.
    const [made] = await Promise.all([
      sandbox.clients.create({ id: "slow", tokenEndpointAuthMethod: "private_key_jwt", scope }),
      sandbox.reconfigure({ accessTokenLifetimeSeconds: 60 }),
    ]);

    expect(sandbox.clients.get("slow")).toEqual(made);
  });

  it("loses none of two changes of one client", async () => {
    await using sandbox = await createSandbox();

    await Promise.all([
      sandbox.clients.change("partner-basic", { enabled: false }),
      sandbox.clients.change("partner-basic", { scope }),
    ]);

    const response = await sandbox.fetch(
      tokenPath,
      tokenRequest(sandbox.clients.get("partner-basic")),
    );
    expect(sandbox.clients.get("partner-basic").scope).toEqual(scope);
    expect(response.status).toBe(401);
  });

  it("does not bring back a client that is deleted while it is changed", async () => {
    await using sandbox = await createSandbox();

    const [changed] = await Promise.allSettled([
      sandbox.clients.change("partner-basic", { scope }),
      sandbox.clients.delete("partner-basic"),
    ]);

    expect(changed).toMatchObject({ reason: { message: expect.stringContaining("no client") } });
    expect(() => sandbox.clients.get("partner-basic")).toThrow(/no client/);
  });
});
