import { createControlledClock } from "@credicorp/oauth-core/testing";
import type { FaultRule, Sandbox, SandboxOptions } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { describe, expect, it, onTestFinished } from "vitest";

import { basic, sendTo, tokenRequest } from "../support/requests.ts";

const tokenPath = "/partner/v1/oauth/token";
const jwksPath = "/.well-known/jwks.json";

async function setUp(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await createSandbox({ clock: createControlledClock(), ...options });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

describe("the journal and faults", () => {
  it.each([[[]], [['W/"other"']]])(
    "knows a request for a document by its id, whether the caller has it already: %j",
    async (tags) => {
      const sandbox = await setUp();
      const honest = await sandbox.fetch(jwksPath);
      sandbox.faults.add({ fault: "truncated_json", endpoint: "jwks" });

      const headers = { "if-none-match": tags[0] ?? honest.headers.get("etag") ?? "" };
      const answer = await sandbox.fetch(jwksPath, { headers });

      expect(answer.status).toBe(200);
      const entry = sandbox.requests.list().at(-1);
      expect(entry?.requestId).toBe(answer.headers.get("x-request-id"));
      expect(entry?.response.faults).toEqual(["fault-1"]);
      // What arrived, and not what was made of it.
      expect(entry?.request.headers.map(([name]) => name.toLowerCase())).toContain("if-none-match");
    },
  );

  it.each<[FaultRule, number]>([
    [{ fault: "too_many_requests", id: "rush" }, 429],
    [{ fault: "server_error", id: "rush" }, 503],
  ])("explains what a rule answered in the server's place: %j", async (rule, status) => {
    const sandbox = await setUp();
    sandbox.faults.add(rule);
    const heard: string[] = [];
    sandbox.explanations.subscribe(({ summary }) => void heard.push(summary));

    const answer = await sandbox.fetch(
      tokenPath,
      tokenRequest(sandbox.clients.get("partner-basic")),
    );

    const requestId = answer.headers.get("x-request-id") ?? "";
    expect(sandbox.requests.count({ requestId })).toBe(1);
    const explanation = await sandbox.explanations.explain(requestId);
    expect(explanation).toMatchObject({ status, why: "fault_rule", clientId: "partner-basic" });
    expect(explanation?.cause).toContain("rush");
    expect(explanation?.remedy).toContain("rush");
    await expect.poll(() => heard).toEqual([explanation?.summary]);
    const client = sandbox.clients.get("partner-basic");
    sandbox.faults.clear();
    const own = await sandbox.fetch(`/partner/v1/oauth/explanations/${requestId}`, {
      headers: { authorization: basic(client) },
    });
    expect(own.status).toBe(200);
  });

  it("tells two requests apart that are one object", async () => {
    const sandbox = await setUp();
    const request = {
      method: "GET",
      target: jwksPath,
      headers: [["Host", "localhost"]] as const,
      body: new Uint8Array(),
      peer: { address: "127.0.0.1", secure: false },
    };

    await Promise.all([sandbox.handle(request), sandbox.handle(request)]);

    const ids = sandbox.requests.list().map(({ requestId }) => requestId);
    expect(new Set(ids.filter((id) => id !== undefined)).size).toBe(2);
  });
});

describe("the journal and its bounds", () => {
  it("counts the fields of requests too", async () => {
    const maxBytes = 200_000;
    const sandbox = await setUp({ journal: { maxBytes } });

    for (let turn = 0; turn < 60; turn += 1) {
      await sandbox.fetch(`/nowhere?${"q".repeat(2000)}`, {
        headers: { "x-padding": "p".repeat(8000) },
      });
    }

    expect(sandbox.requests.count()).toBeLessThanOrEqual(maxBytes / 10_000);
    expect(sandbox.requests.count()).toBeGreaterThan(10);
  });

  it.each([
    [{ journal: { maxEntries: 0 } }, "journal.maxEntries"],
    [{ journal: { maxEntries: 1.5 } }, "journal.maxEntries"],
    [{ journal: { maxBytes: Number.NaN } }, "journal.maxBytes"],
    [{ namespaces: { max: Number.NaN } }, "namespaces.max"],
    [{ namespaces: { idleSeconds: -1 } }, "namespaces.idleSeconds"],
  ])("refuses bounds that are none: %j", async (options, option) => {
    await expect(createSandbox(options)).rejects.toMatchObject({ kind: "config", option });
  });
});

describe("the journal and the guard", () => {
  it("SAFE-03 SAFE-04 notes and counts what the guard refuses", async () => {
    const sandbox = await setUp();
    const { url } = await sandbox.listen();
    const send = (headers: readonly string[]): ReturnType<typeof sendTo> =>
      sendTo(url, { method: "POST", path: tokenPath, headers, body: "a=b" });

    await send(["Host", "evil.example"]);
    await send(["Host", new URL(url).host, "Origin", "https://evil.example"]);

    expect(sandbox.requests.list().map(({ response }) => response.status)).toEqual([421, 403]);
    expect(sandbox.requests.count({ endpoint: "token", status: 421 })).toBe(1);
    const headers = { authorization: `Bearer ${sandbox.adminToken}` };
    const metrics = await sandbox.fetch("/metrics", { headers });
    expect(await metrics.text()).toContain(
      'oauth_sandbox_requests_total{endpoint="token",status="421",error=""} 1',
    );
  });

  it("notes it in the namespace that was meant", async () => {
    const sandbox = await setUp();
    const { url } = await sandbox.listen();
    const one = await sandbox.namespaces.create("one");

    await sendTo(url, { path: `/ns/one${tokenPath}`, headers: ["Host", "evil.example"] });

    expect(one.requests.count({ status: 421 })).toBe(1);
    expect(sandbox.requests.count()).toBe(0);
  });
});

describe("a request as a command line", () => {
  async function curlOf(query: string, fields: Record<string, string>): Promise<string> {
    const sandbox = await setUp();
    await sandbox.fetch(`${tokenPath}${query}`, {
      method: "POST",
      body: new URLSearchParams(fields),
    });
    const [entry] = sandbox.requests.list();
    if (entry === undefined) throw new Error("nothing was noted");
    return sandbox.requests.toCurl(entry);
  }

  it("has a variable for a parameter that has the name of a property of all objects", async () => {
    expect(await curlOf("", { constructor: "planted" })).toContain('"$VALUE_OF_CONSTRUCTOR"');
  });

  it("lets curl take brackets for brackets", async () => {
    expect(await curlOf("?a=b", {})).toMatch(/^curl -sS -g /);
  });
});
