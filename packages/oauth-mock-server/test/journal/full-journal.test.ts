import type { ServerRequest } from "@credicorp/oauth-core";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import type { Sandbox, SandboxOptions } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { describe, expect, it, onTestFinished } from "vitest";

const tokenPath = "/partner/v1/oauth/token";

async function setUp(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await createSandbox({
    clock: createControlledClock(),
    additionalAlgorithms: [],
    limits: { token: null, address: null, failedAuthentication: null },
    ...options,
  });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

function tokenRequest(fields: Readonly<Record<string, string>>): ServerRequest {
  return {
    method: "POST",
    target: tokenPath,
    headers: [
      ["Host", "localhost"],
      ["Content-Type", "application/x-www-form-urlencoded"],
    ],
    body: Buffer.from(
      new URLSearchParams({ grant_type: "client_credentials", ...fields }).toString(),
    ),
    peer: { address: "127.0.0.1", secure: false },
  };
}

function credentials(sandbox: Sandbox, id = "partner-post"): Readonly<Record<string, string>> {
  return { client_id: id, client_secret: sandbox.clients.get(id).secret ?? "" };
}

/** Resolves to the id of a refusal. */
async function refuse(sandbox: Sandbox, secret: string): Promise<string> {
  const { headers } = await sandbox.handle(
    tokenRequest({ client_id: "partner-post", client_secret: secret }),
  );
  return headers.find(([name]) => name === "X-Request-Id")?.[1] ?? "";
}

async function fill(sandbox: Sandbox, count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await sandbox.handle(tokenRequest(credentials(sandbox)));
  }
}

describe("a journal that has come round", () => {
  it("finds and explains what it still has, and nothing that it has no more", async () => {
    const sandbox = await setUp({ journal: { maxEntries: 40 } });
    const early = await refuse(sandbox, "wrong");
    await fill(sandbox, 95);
    const { secret } = sandbox.clients.get("partner-post");
    const late = await refuse(sandbox, ` ${secret}`);
    await fill(sandbox, 38);

    expect(sandbox.requests.count()).toBe(40);
    expect(sandbox.requests.count({ requestId: early })).toBe(0);
    expect(await sandbox.explanations.explain(early)).toBeUndefined();
    expect(sandbox.requests.list({ requestId: late })).toMatchObject([
      { sequence: 97, clientId: "partner-post", error: "invalid_client" },
    ]);
    const explanation = await sandbox.explanations.explain(late);
    expect(explanation).toMatchObject({ why: "secret_wrong", clientId: "partner-post" });
    expect(explanation?.cause).toContain("white space");

    await fill(sandbox, 2);
    expect(await sandbox.explanations.explain(late)).toBeUndefined();
  });

  it("explains a refusal whose place is taken while it is explained", async () => {
    const sandbox = await setUp({ journal: { maxEntries: 2 } });
    const { secret } = sandbox.clients.get("partner-post");
    const requestId = await refuse(sandbox, ` ${secret}`);

    const explaining = sandbox.explanations.explain(requestId);
    const filling = fill(sandbox, 100);

    expect((await explaining)?.cause).toContain("white space");
    await filling;
  });

  it("leaves alone what it has shown", async () => {
    const sandbox = await setUp({ journal: { maxEntries: 1 } });
    await sandbox.handle({
      ...tokenRequest({ scope: "decisions:read" }),
      target: `${tokenPath}?x`,
    });
    const shown = sandbox.requests.list();
    const before = JSON.stringify(shown);

    await fill(sandbox, 50);

    expect(JSON.stringify(shown)).toBe(before);
    expect(before).toContain("decisions:read");
  });

  it("knows every one of its entries by its own id, form and answer", async () => {
    const sandbox = await setUp({ journal: { maxEntries: 60 } });
    const sent: string[] = [];
    for (let turn = 0; turn < 150; turn += 1) {
      // Of very different lengths, so that they come to lie where others lay.
      const scope = "s".repeat((turn * 37) % 200);
      await sandbox.handle(
        tokenRequest({ ...credentials(sandbox), scope, x: "y".repeat(turn * 20) }),
      );
      sent.push(scope);
    }

    const scopes = sandbox.requests
      .list()
      .map(({ request }) => request.form?.find(([name]) => name === "scope")?.[1]);

    // Long ones look like secrets, and are not shown.
    const expected = sent.slice(-60).map((scope) => (scope.length < 28 ? scope : "[redacted]"));
    expect(scopes).toEqual(expected);
  });
});

describe("what the journal keeps of a request", () => {
  it("has the decision about it, and of none that was made at the same time", async () => {
    const sandbox = await setUp();
    const paths = Array.from({ length: 30 }, (_, index) => `/nowhere/${index}`);

    const answers = await Promise.all(
      paths.map((target) => sandbox.handle({ ...tokenRequest({}), target })),
    );

    const entries = sandbox.requests.list();
    expect(entries).toHaveLength(30);
    for (const { requestId, event } of entries) expect(event?.requestId).toBe(requestId);
    const ids = answers.map(
      ({ headers }) => headers.find(([name]) => name === "X-Request-Id")?.[1],
    );
    expect(new Set(entries.map(({ requestId }) => requestId))).toEqual(new Set(ids));
  });

  it("is the request as it was answered, whatever its sender does with it later", async () => {
    const sandbox = await setUp();
    const headers: [string, string][] = [
      ["Host", "localhost"],
      ["Content-Type", "application/x-www-form-urlencoded"],
    ];
    const body = Buffer.from("grant_type=client_credentials&scope=decisions%3Aread");
    const request = { ...tokenRequest({}), headers, body };

    await sandbox.handle(request);
    body.fill("x");
    headers.length = 0;
    request.target = "/elsewhere";

    expect(sandbox.requests.list()).toMatchObject([
      {
        request: {
          path: tokenPath,
          headers: [
            ["Host", "localhost"],
            ["Content-Type", "application/x-www-form-urlencoded"],
          ],
          form: [
            ["grant_type", "client_credentials"],
            ["scope", "decisions:read"],
          ],
        },
      },
    ]);
  });

  it("has its fields in their order, those that came twice twice", async () => {
    const sandbox = await setUp();
    const names = ["Via", "host", "VIA", "Cookie", "via", "cookie"];

    await sandbox.handle({
      ...tokenRequest({}),
      headers: names.map((name, index) => [name, name === "host" ? "localhost" : `1.${index}`]),
    });

    const [entry] = sandbox.requests.list();
    expect(entry?.request.headers).toEqual([
      ["Via", "1.0"],
      ["host", "localhost"],
      ["VIA", "1.2"],
      ["Cookie", "[redacted]"],
      ["via", "1.4"],
      ["cookie", "[redacted]"],
    ]);
  });

  it("has the length of a body that is no UTF-8, and no form", async () => {
    const sandbox = await setUp();

    await sandbox.handle({
      ...tokenRequest({}),
      body: Uint8Array.of(0x61, 0x3d, 0xff, 0xfe, 0x80),
    });

    const [entry] = sandbox.requests.list();
    expect(entry?.request).toMatchObject({ bodyBytes: 5, form: undefined });
  });

  it("has the address of its peer", async () => {
    const sandbox = await setUp();

    await sandbox.handle({
      ...tokenRequest({}),
      peer: { address: "2001:db8::7", secure: true, certificate: Buffer.from("no certificate") },
    });

    expect(sandbox.requests.list()[0]?.request.address).toBe("2001:db8::7");
  });
});

describe("the bytes of a journal", () => {
  const body = (length: number): string => "x".repeat(length);
  const post = (sandbox: Sandbox, length: number): Promise<unknown> =>
    sandbox.handle({
      ...tokenRequest({}),
      method: "PUT",
      target: "/",
      body: Buffer.from(body(length)),
    });

  it("are those of the bodies, to the byte", async () => {
    const long = 9000;
    const counts = new Map<number, number>();
    // One of these has room for exactly two of them.
    for (let maxBytes = 2 * long; maxBytes < 2 * long + 4000; maxBytes += 500) {
      const sandbox = await setUp({ journal: { maxBytes } });
      for (let turn = 0; turn < 3; turn += 1) await post(sandbox, long);
      counts.set(maxBytes, sandbox.requests.count());
    }

    expect(new Set(counts.values())).toEqual(new Set([1, 2]));
    const enough = Math.min(
      ...[...counts].filter(([, count]) => count === 2).map(([bytes]) => bytes),
    );
    const sandbox = await setUp({ journal: { maxBytes: enough } });
    // What 500 bytes more would have left room for, one byte for each two of a body takes away.
    for (let turn = 0; turn < 3; turn += 1) await post(sandbox, long + 250);
    expect(sandbox.requests.count()).toBe(1);
  });
});
