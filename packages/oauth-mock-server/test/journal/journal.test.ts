import { execFile } from "node:child_process";
import { setImmediate } from "node:timers/promises";
import { promisify } from "node:util";

import { createControlledClock } from "@credicorp/oauth-core/testing";
import type { RequestFilter, Sandbox, SandboxOptions } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { describe, expect, it, onTestFinished } from "vitest";

import { basic, tokenRequest } from "../support/requests.ts";

const tokenPath = "/partner/v1/oauth/token";

async function setUp(options: SandboxOptions = {}): Promise<Sandbox> {
  return createSandbox({ clock: createControlledClock(), ...options });
}

async function ask(sandbox: Sandbox, id = "partner-basic", secret?: string): Promise<string> {
  const client = sandbox.clients.get(id);
  const request = tokenRequest({ ...client, secret: secret ?? client.secret });
  const response = await sandbox.fetch(tokenPath, request);
  return response.text();
}

/** A few requests of different kinds. */
async function traffic(sandbox: Sandbox): Promise<void> {
  await ask(sandbox);
  await ask(sandbox, "partner-read-only");
  sandbox.clock.advance("10s");
  await ask(sandbox, "partner-basic", "wrong");
  await sandbox.fetch("/.well-known/jwks.json");
  await sandbox.fetch("/nowhere");
}

describe("the journal", () => {
  it("notes each request with its decision, from the oldest to the youngest", async () => {
    const sandbox = await setUp();

    await traffic(sandbox);

    expect(sandbox.requests.list()).toMatchObject([
      {
        kind: "request",
        sequence: 1,
        at: 1_700_000_000,
        endpoint: "token",
        clientId: "partner-basic",
        request: { method: "POST", path: tokenPath, query: "", address: "127.0.0.1" },
        response: { status: 200 },
        event: { type: "token_issued", clientId: "partner-basic" },
      },
      { clientId: "partner-read-only", error: undefined },
      {
        at: 1_700_000_010,
        clientId: "partner-basic",
        error: "invalid_client",
        event: { type: "request_refused", why: "secret_wrong" },
      },
      { endpoint: "jwks", clientId: undefined, event: undefined },
      { endpoint: "other", event: { why: "path_unknown" } },
    ]);
    const [first] = sandbox.requests.list();
    expect(first?.requestId).toBe(first?.event?.requestId);
    expect(first?.durationMs).toBeGreaterThan(0);
  });

  it.each<[RequestFilter, number]>([
    [{}, 5],
    [{ endpoint: "token" }, 3],
    [{ clientId: "partner-basic" }, 2],
    [{ status: 200 }, 3],
    [{ error: "invalid_client" }, 1],
    [{ why: "secret_wrong" }, 1],
    [{ method: "GET" }, 2],
    [{ path: "jwks" }, 1],
    [{ since: 1_700_000_010 }, 3],
    [{ since: 1_700_000_010.5 }, 0],
    [{ afterSequence: 4 }, 1],
    [{ endpoint: "token", status: 401, clientId: "partner-basic" }, 1],
    [{ endpoint: "token", status: 401, clientId: "partner-read-only" }, 0],
  ])("counts and lists those with %j", async (filter, count) => {
    const sandbox = await setUp();

    await traffic(sandbox);

    expect(sandbox.requests.count(filter)).toBe(count);
    expect(sandbox.requests.list(filter)).toHaveLength(count);
  });

  it("notes what is decided beside the requests", async () => {
    const sandbox = await setUp();

    await sandbox.keys.rotate();
    await ask(sandbox);

    const types = sandbox.requests.decisions().map(({ event }) => event.type);
    expect(types).toEqual(["signing_key_rotated"]);
    expect(sandbox.requests.count()).toBe(1);
  });

  it("keeps as many entries as it may, and numbers them on", async () => {
    const sandbox = await setUp({ journal: { maxEntries: 3 }, limits: { token: null } });

    for (let turn = 0; turn < 10; turn += 1) await ask(sandbox);
    expect(sandbox.requests.list().map(({ sequence }) => sequence)).toEqual([8, 9, 10]);
    sandbox.requests.clear();
    await ask(sandbox);

    expect(sandbox.requests.list().map(({ sequence }) => sequence)).toEqual([11]);
  });

  it("keeps as many bytes as it may, and the last entry in any case", async () => {
    const sandbox = await setUp({ journal: { maxBytes: 10_000 } });
    const body = new URLSearchParams({ grant_type: "client_credentials", x: "x".repeat(3000) });
    const init = { method: "POST", body };

    for (let turn = 0; turn < 9; turn += 1) await sandbox.fetch(tokenPath, init);
    expect(sandbox.requests.count()).toBe(2);
    await sandbox.fetch(tokenPath, { ...init, body: "x=".repeat(8000), headers: form });

    expect(sandbox.requests.count()).toBe(1);
  });

  it("forgets what is in flight, too, when it is cleared", async () => {
    const sandbox = await setUp();

    const pending = sandbox.handle({
      method: "POST",
      target: tokenPath,
      headers: Object.entries(form),
      body: Buffer.from("grant_type=client_credentials"),
      peer: { address: "127.0.0.1", secure: false },
    });
    sandbox.requests.clear();
    await pending;
    await ask(sandbox);

    expect(sandbox.requests.list().map(({ sequence }) => sequence)).toEqual([1]);
  });

  it("waits for requests, those that were there before included, while the clock is frozen", async () => {
    const sandbox = await setUp();
    sandbox.clock.freeze();
    await ask(sandbox);

    const waiting = sandbox.requests.waitFor({ endpoint: "token", status: 200 }, { count: 2 });
    await ask(sandbox, "partner-basic", "wrong");
    await ask(sandbox, "partner-read-only");

    expect((await waiting).map(({ sequence }) => sequence)).toEqual([1, 3]);
  });

  it("says what there was instead, when it has waited in vain", async () => {
    const sandbox = await setUp();
    await ask(sandbox, "partner-basic", "wrong");

    const waiting = sandbox.requests.waitFor({ status: 200 }, { count: 2, timeoutMs: 10 });

    await expect(waiting).rejects.toMatchObject({
      kind: "timeout",
      message: `In 10 ms there were 0 of 2 requests with {"status":200}; of 1 requests the last were: POST ${tokenPath} → 401 invalid_client (partner-basic)`,
    });
    const empty = (await setUp()).requests.waitFor({}, { timeoutMs: 1 });
    await expect(empty).rejects.toThrow("no request arrived at all");
  });

  it("stops waiting when it is told to", async () => {
    const sandbox = await setUp();
    const stop = new AbortController();
    const waiting = sandbox.requests.waitFor({}, { signal: stop.signal });

    stop.abort();

    await expect(waiting).rejects.toMatchObject({ kind: "aborted" });
    const late = sandbox.requests.waitFor({}, { signal: stop.signal });
    await expect(late).rejects.toMatchObject({ kind: "aborted" });
  });

  it("lets nobody wait for a sandbox that is closed, or a namespace, however many there are", async () => {
    const warnings: Error[] = [];
    const hear = (warning: Error): void => void warnings.push(warning);
    process.on("warning", hear);
    onTestFinished(() => void process.off("warning", hear));
    const sandbox = await setUp();
    const namespace = await sandbox.namespaces.create("a");
    const inNamespace = namespace.requests.waitFor({}, { count: 1000 });
    const waiting = Array.from({ length: 12 }, () => sandbox.requests.waitFor({}, { count: 1000 }));
    const outcomes = Promise.allSettled([inNamespace, ...waiting]);

    await sandbox.close();

    const closed = { status: "rejected", reason: { kind: "aborted" } };
    expect(await outcomes).toMatchObject(Array.from({ length: 13 }, () => closed));
    await expect(sandbox.requests.waitFor({})).rejects.toThrow("the sandbox was closed");
    // They are told in a turn of their own.
    await setImmediate();
    expect(warnings).toEqual([]);
  });

  it("knows each answer, which is marked as one of a sandbox, by its id", async () => {
    const sandbox = await setUp();

    const { headers } = await sandbox.fetch("/.well-known/jwks.json");

    expect(headers.get("x-sandbox")).toBe("credicorp-oauth-mock-server");
    const [entry] = sandbox.requests.list();
    expect(entry?.requestId).toBe(headers.get("x-request-id"));
  });
});

const form = { "content-type": "application/x-www-form-urlencoded" };

describe("what the journal shows", () => {
  it.each([
    ["of letters and digits", "Planted_9f8e7d6c5b4a39281706f5e4d3c2b1a0"],
    ["of letters alone", "planted-secret-of-many-letters-and-no-digit"],
  ])(
    "never shows what was sent as a secret, wherever it was put: one %s",
    async (_name, planted) => {
      const sandbox = await setUp({ limits: { failedAuthentication: null } });
      const places: readonly { readonly path?: string; readonly init: RequestInit }[] = [
        { init: { headers: { ...form, authorization: `Basic ${btoa(`${planted}:${planted}`)}` } } },
        { init: { headers: { ...form, authorization: `Bearer ${planted}` } } },
        { init: { headers: { ...form, authorization: planted } } },
        { init: { headers: { ...form, dpop: planted, cookie: planted, "x-api-key": planted } } },
        { init: { headers: { ...form, [planted]: "1", "user-agent": planted, accept: planted } } },
        { init: { headers: { "content-type": `application/${planted}` } } },
        { path: `${tokenPath}?client_secret=${planted}`, init: { headers: form } },
        { path: `${tokenPath}?${planted}`, init: { headers: form } },
        { path: `/${planted}`, init: { headers: form } },
        { path: `/partner/v1/oauth/explanations/${planted}`, init: { headers: form } },
        ...[
          "client_secret",
          "client_id",
          "client_assertion",
          "client_assertion_type",
          "token",
          "scope",
          "resource",
          "grant_type",
          "token_type_hint",
          "password",
          planted,
        ].map((name) => ({ init: { headers: form, body: `grant_type=x&${name}=${planted}` } })),
        { init: { headers: form, body: `%zz${planted}` } },
        { init: { headers: { "content-type": "application/json" }, body: `{"s":"${planted}"}` } },
      ];

      for (const { path = tokenPath, init } of places) {
        await sandbox.fetch(path, { method: "POST", ...init });
      }

      const entries = sandbox.requests.list();
      expect(entries).toHaveLength(places.length);
      const explanations = await Promise.all(
        entries.map(({ requestId = "" }) => sandbox.explanations.explain(requestId)),
      );
      const shown = [
        JSON.stringify(entries),
        JSON.stringify(sandbox.requests.toHar()),
        ...entries.map((entry) => sandbox.requests.toCurl(entry)),
        JSON.stringify(explanations),
      ].join("\n");
      for (const secret of [planted, btoa(planted).slice(0, 40), encodeURIComponent(planted)]) {
        expect(shown).not.toContain(secret);
      }
    },
  );

  it("shows tokens by their jti, in answers and in requests, and nothing to use them by", async () => {
    const sandbox = await setUp();
    const { access_token: token } = JSON.parse(await ask(sandbox)) as { access_token: string };
    await sandbox.fetch("/partner/v1/oauth/introspect", {
      method: "POST",
      headers: { authorization: basic(sandbox.clients.get("partner-api")) },
      body: new URLSearchParams({ token }),
    });
    await sandbox.fetch("/partner/v1/oauth/introspect", {
      method: "POST",
      headers: {
        authorization: basic(sandbox.clients.get("partner-api")),
        accept: "application/token-introspection+jwt",
      },
      body: new URLSearchParams({ token }),
    });

    const [issued, introspected, signed] = sandbox.requests.list();

    const jti = issued?.event?.type === "token_issued" ? issued.event.jti : "none";
    expect(issued?.response.body).toContain(`"access_token":"[token ${jti}]"`);
    expect(introspected?.request.form).toEqual([["token", `[token ${jti}]`]]);
    expect(signed?.response.body).toBe("[redacted]");
    const shown = JSON.stringify(sandbox.requests.list());
    for (const part of token.split(".")) expect(shown).not.toContain(part.slice(0, 20));
  });

  it("shows what is needed to understand a request", async () => {
    const sandbox = await setUp();
    const client = sandbox.clients.get("partner-basic");

    await sandbox.fetch(`${tokenPath}?trace=1`, tokenRequest(client, { scope: "decisions:read" }));

    const [entry] = sandbox.requests.list();
    expect(entry?.request).toMatchObject({
      query: "trace=[redacted]",
      form: [
        ["grant_type", "client_credentials"],
        ["scope", "decisions:read"],
      ],
      bodyBytes: 52,
    });
    expect(entry?.request.headers).toContainEqual(["authorization", "basic [redacted]"]);
  });

  it("exports an HTTP archive", async () => {
    const sandbox = await setUp();
    await traffic(sandbox);

    const { log } = sandbox.requests.toHar({ status: 401 });

    expect(log).toMatchObject({
      version: "1.2",
      entries: [
        {
          startedDateTime: "2023-11-14T22:13:30.000Z",
          request: {
            method: "POST",
            url: `http://localhost${tokenPath}`,
            postData: { params: [{ name: "grant_type", value: "client_credentials" }] },
          },
          response: { status: 401, content: { mimeType: "application/json" } },
          _clientId: "partner-basic",
          _why: "secret_wrong",
        },
      ],
    });
  });

  it("exports command lines that a shell takes as they are meant", async () => {
    const sandbox = await setUp();
    const client = sandbox.clients.get("partner-basic");
    const scope = `it's $(touch x) "quoted" \\`;
    await sandbox.fetch(tokenPath, tokenRequest(client, { scope, path: "unknown" }));
    await sandbox.fetch(tokenPath, {
      method: "POST",
      headers: { dpop: "x", authorization: "a b" },
    });

    const [command = "", other] = sandbox.requests
      .list()
      .map((entry) => sandbox.requests.toCurl(entry));
    const printArguments = `curl() { printf '%s\\n' "$@"; }`;
    const { stdout } = await promisify(execFile)("sh", ["-c", `${printArguments}\n${command}`], {
      env: { CLIENT_SECRET: "s e c r e t" },
    });

    expect(stdout.split("\n")).toEqual([
      ..."-sS -g --path-as-is -X POST".split(" "),
      `http://localhost${tokenPath}`,
      ..."-u|partner-basic:s e c r e t".split("|"),
      ..."-H|content-type: application/x-www-form-urlencoded;charset=UTF-8".split("|"),
      ..."--data-urlencode|grant_type=client_credentials".split("|"),
      ...`--data-urlencode|scope=${scope}`.split("|"),
      ..."--data-urlencode|path=|".split("|"),
    ]);
    expect(command).toContain("'path='\"$VALUE_OF_PATH\"");
    expect(other).toContain("-H 'authorization: '\"$AUTHORIZATION\"");
    expect(other).toContain("-H 'dpop: '\"$DPOP_PROOF\"");
  });
});
