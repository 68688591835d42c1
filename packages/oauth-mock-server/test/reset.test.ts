import type { Revocation } from "@credicorp/oauth-core";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import type { Sandbox } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { describe, expect, it } from "vitest";

import { isActive } from "./support/partner-token.ts";
import { tokenRequest } from "./support/requests.ts";

const tokenPath = "/partner/v1/oauth/token";

async function ask(sandbox: Sandbox, id = "partner-basic"): Promise<Response> {
  return sandbox.fetch(tokenPath, tokenRequest(sandbox.clients.get(id)));
}

describe("a sandbox that is reset", () => {
  it("has its clients as they were configured, with the credentials that were made for them", async () => {
    const made = { id: "made", tokenEndpointAuthMethod: "client_secret_basic" } as const;
    await using sandbox = await createSandbox({
      clients: [{ ...made, scope: ["decisions:read"] }],
    });
    const { secret } = sandbox.clients.get("made");
    await sandbox.clients.rotateSecret("made", { overlapSeconds: 0 });
    await sandbox.clients.create({ ...made, id: "guest", scope: ["decisions:read"] });

    await sandbox.reset();

    expect(sandbox.clients.list().map(({ id }) => id)).toEqual(["made"]);
    expect(sandbox.clients.get("made").secret).toBe(secret);
    expect((await ask(sandbox, "made")).status).toBe(200);
  });

  it("has nothing revoked, spent or noted, and the clock unmoved", async () => {
    const clock = createControlledClock();
    await using sandbox = await createSandbox({ clock });
    const token = await sandbox.issueToken();
    await sandbox.revokeClientTokens("partner-basic");
    for (let turn = 0; turn < 3; turn += 1) await ask(sandbox, "partner-limited");
    sandbox.clock.advance("10m");
    sandbox.clock.freeze();
    expect(await isActive(sandbox, token)).toBe(false);

    await sandbox.reset();

    expect(sandbox.requests.count()).toBe(0);
    expect(sandbox.clock.state()).toMatchObject({ now: clock.now(), isFrozen: false });
    expect(await isActive(sandbox, token)).toBe(true);
    expect((await ask(sandbox, "partner-limited")).status).toBe(200);
  });

  it("keeps its issuer, its keys and its subscribers", async () => {
    const events: string[] = [];
    await using sandbox = await createSandbox({ audit: ({ type }) => void events.push(type) });
    const { url } = await sandbox.listen();
    const [key] = await sandbox.keys.list();

    await sandbox.reset();
    await ask(sandbox);

    expect(sandbox.issuer).toBe(url);
    expect((await sandbox.keys.list()).map(({ kid }) => kid)).toEqual([key?.kid]);
    expect(events).toEqual(["token_issued"]);
  });

  it("can sign, although its keys were changed in a future that has not come", async () => {
    await using sandbox = await createSandbox();
    for (let turn = 0; turn < 3; turn += 1) {
      sandbox.clock.advance("10d");
      await sandbox.keys.rotate();
      await sandbox.keys.maintain();
    }

    await sandbox.reset();

    expect((await ask(sandbox)).status).toBe(200);
  });

  it("goes on telling those who follow its revocations, by subscription and by cursor", async () => {
    await using sandbox = await createSandbox();
    const heard: Revocation[] = [];
    sandbox.revocationFeed.subscribe((revocation) => void heard.push(revocation));
    await sandbox.revokeClientTokens("partner-basic");
    const { cursor } = await sandbox.revocationFeed.poll(undefined);

    await sandbox.reset();
    expect((await sandbox.revocationFeed.poll(cursor)).revocations).toEqual([]);
    await sandbox.revokeClientTokens("partner-post");
    const polled = await sandbox.revocationFeed.poll(cursor);

    expect(heard).toMatchObject([{ clientId: "partner-basic" }, { clientId: "partner-post" }]);
    expect(polled.revocations).toMatchObject([{ clientId: "partner-post" }]);
    expect((await sandbox.revocationFeed.poll(polled.cursor)).revocations).toEqual([]);
  });

  it("may be reset again while it is being reset", async () => {
    await using sandbox = await createSandbox({ limits: { failedAuthentication: null } });
    const once = async (): Promise<number> => (await ask(sandbox, "partner-limited")).status;
    expect([await once(), await once(), await once()]).toEqual([200, 200, 429]);

    await Promise.all([sandbox.reset(), sandbox.reset()]);

    expect([await once(), await once(), await once()]).toEqual([200, 200, 429]);
  });
});

describe("sandboxes side by side", () => {
  it("do not meet: fifty in one process, each with its own time, keys, clients and journal", async () => {
    const sandboxes = await Promise.all(Array.from({ length: 50 }, () => createSandbox()));

    const results = await Promise.all(
      sandboxes.map(async (sandbox, index) => {
        sandbox.clock.freeze();
        sandbox.clock.advance(index * 1000);
        const own = await sandbox.issueToken();
        for (let turn = 0; turn < index % 3; turn += 1) await ask(sandbox, "partner-limited");
        const other = await sandboxes[(index + 1) % sandboxes.length]?.issueToken();
        const actives = [await isActive(sandbox, own), await isActive(sandbox, other ?? "")];
        await sandbox.revokeClientTokens("partner-basic");
        return { actives, count: sandbox.requests.count({ endpoint: "token" }) };
      }),
    );
    await Promise.all(sandboxes.map((sandbox) => sandbox.close()));

    expect(results).toEqual(
      sandboxes.map((_, index) => ({ actives: [true, false], count: index % 3 })),
    );
    const states = sandboxes.map(({ clock }) => clock.state().offsetMs);
    expect(states).toEqual(sandboxes.map((_, index) => index * 1000));
  });
});
