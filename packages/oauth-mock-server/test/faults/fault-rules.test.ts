import type { FaultRule } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { describe, expect, it } from "vitest";

import { basic, tokenRequest } from "../support/requests.ts";
import {
  hitsOf,
  jwksPath,
  metadataPath,
  readSegment,
  setUpFaults,
  tokenPath,
  unlimited,
} from "../support/fault-setting.ts";

describe("a fault rule", () => {
  it("FLT-04 lets some requests go well before, and happens so many times", async () => {
    const setting = await setUpFaults("without a port", [
      { fault: "server_error", after: 2, times: 3 },
    ]);

    expect(await hitsOf(setting, 8)).toBe("..xxx...");
  });

  it("FLT-04 ends at its time, by the clock of the sandbox", async () => {
    const setting = await setUpFaults("without a port");
    const { clock, faults } = setting.sandbox;
    clock.freeze();
    faults.add({ fault: "server_error", expiresInSeconds: 30 });

    clock.advance("29999ms");
    expect(await hitsOf(setting, 1)).toBe("x");
    clock.advance("1ms");
    expect(await hitsOf(setting, 1)).toBe(".");
    expect(faults.list()).toMatchObject([{ hits: 1, state: "expired" }]);
  });

  it("FLT-04 is meant for an endpoint, or for all", async () => {
    const setting = await setUpFaults("without a port", [
      { fault: "server_error", endpoint: "jwks" },
    ]);
    const { send, sandbox } = setting;

    expect((await send(jwksPath)).status).toBe(503);
    expect((await send(metadataPath)).status).toBe(200);
    expect(await hitsOf(setting, 1)).toBe(".");
    sandbox.faults.add({ fault: "server_error", id: "all" });
    expect((await send(metadataPath)).status).toBe(503);
    expect(await hitsOf(setting, 1)).toBe("x");
    const form = { method: "POST", body: new URLSearchParams({ token: "x" }) };
    expect((await send("/partner/v1/oauth/introspect", form)).status).toBe(503);
    expect((await send("/partner/v1/oauth/revoke", form)).status).toBe(503);
  });

  it("leaves alone what is no request of an endpoint", async () => {
    const { send } = await setUpFaults("without a port", [{ fault: "server_error" }]);

    const statuses = [
      (await send(tokenPath)).status,
      (await send(jwksPath, { method: "OPTIONS" })).status,
      (await send("/elsewhere")).status,
    ];

    expect(statuses).toEqual([405, 204, 404]);
  });

  it("finds the metadata of an issuer with a path", async () => {
    const { send } = await setUpFaults("without a port", [{ fault: "server_error" }], {
      issuer: "http://localhost/tenant",
    });

    expect((await send(`${metadataPath}/tenant`)).status).toBe(503);
  });

  it.each([
    {
      name: "by Basic",
      id: "partner-basic",
      init: (id: string, secret: string): RequestInit => ({
        headers: { authorization: basic({ id, secret }) },
        body: new URLSearchParams({ grant_type: "client_credentials" }),
      }),
    },
    {
      name: "in the body",
      id: "partner-post",
      init: (id: string, secret: string): RequestInit => ({
        body: new URLSearchParams({
          grant_type: "client_credentials",
          client_id: id,
          client_secret: secret,
        }),
      }),
    },
    {
      name: "by an assertion, whoever signed it",
      id: "partner-private-key-jwt",
      init: (id: string): RequestInit => ({
        body: new URLSearchParams({
          grant_type: "client_credentials",
          client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
          client_assertion: assertionOf(id),
        }),
      }),
    },
  ])("FLT-04 knows the client that names itself $name", async ({ id, init }) => {
    const { send, sandbox } = await setUpFaults("without a port");
    const { hits } = sandbox.faults.add({ fault: "server_error", client: id });
    const { secret } = sandbox.clients.get(id);

    const response = await send(tokenPath, { method: "POST", ...init(id, secret) });

    expect(response.status).toBe(503);
    const other = tokenRequest(sandbox.clients.get("partner-read-only"));
    expect((await send(tokenPath, other)).status).toBe(200);
    expect(hits()).toBe(1);
  });

  it("FLT-04 is meant for those who ask for a scope", async () => {
    const setting = await setUpFaults("without a port", [
      { fault: "server_error", scope: "decisions:read" },
    ]);
    const { askForToken } = setting;

    expect((await askForToken({ scope: "applications:write decisions:read" })).status).toBe(503);
    expect((await askForToken({ scope: "applications:write" })).status).toBe(200);
    // It may be granted the scope, but did not ask for it.
    expect((await askForToken()).status).toBe(200);
  });

  it("acts first come, first served, within its stage, and together with those of other stages", async () => {
    const { send, sandbox } = await setUpFaults("without a port", [
      { fault: "html_page", id: "page" },
      { fault: "server_error", id: "error" },
      { fault: "key_missing", id: "keys" },
      { fault: "delay", delayMs: 1, id: "delay" },
    ]);

    const response = await send(jwksPath);

    expect(response.status).toBe(502);
    const hits = sandbox.faults.list().map(({ id, hits: count }) => [id, count]);
    expect(Object.fromEntries(hits)).toEqual({ page: 1, error: 0, keys: 0, delay: 1 });
  });

  it("changes a token and what is said about it, of one request", async () => {
    const { askForToken, sandbox } = await setUpFaults("without a port", [
      { fault: "wrong_issuer" },
      { fault: "expires_in", as: "string" },
      { fault: "clock_skew", seconds: -60 },
    ]);

    const answer = (await (await askForToken()).json()) as Record<string, unknown>;

    expect(answer["expires_in"]).toBe("900");
    expect(sandbox.faults.list().map(({ hits }) => hits)).toEqual([1, 1, 1]);
  });

  it("keeps its times where another one answers in the server's place", async () => {
    const { sandbox, askForToken } = await setUpFaults("without a port", [
      { fault: "wrong_issuer", times: 1 },
      { fault: "server_error", times: 1 },
    ]);

    expect((await askForToken()).status).toBe(503);
    expect(sandbox.faults.list().map(({ hits }) => hits)).toEqual([0, 1]);
    const { access_token: token } = (await (await askForToken()).json()) as Record<string, unknown>;
    expect(readSegment(token, 1)["iss"]).not.toBe(sandbox.issuer);
  });

  it("keeps its times for requests that it can act on", async () => {
    const setting = await setUpFaults("without a port");
    const { hits } = setting.sandbox.faults.add({ fault: "bad_signature", times: 1 });
    const client = setting.sandbox.clients.get("partner-basic");

    const refused = await setting.send(tokenPath, tokenRequest({ ...client, secret: "wrong" }));

    expect(refused.status).toBe(401);
    expect(hits()).toBe(0);
    await setting.askForToken();
    expect(hits()).toBe(1);
  });

  it("FLT-04 takes no more than its times, of many requests at once", async () => {
    const { sandbox, askForToken } = await setUpFaults("without a port", [], unlimited);
    const { hits } = sandbox.faults.add({ fault: "narrowed_scope", times: 3 });

    const answers = await Promise.all(
      Array.from({ length: 20 }, async () => (await askForToken()).json()),
    );

    const narrowed = answers.filter(
      (answer) => (answer as { scope: string }).scope === "applications:write",
    );
    expect([narrowed.length, hits()]).toEqual([3, 3]);
  });

  it("answers in the server's place: nothing is decided, nothing is counted", async () => {
    const events: unknown[] = [];
    const setting = await setUpFaults("without a port", [{ fault: "too_many_requests" }], {
      audit: (event) => events.push(event),
      limits: { token: { limit: 1, windowSeconds: 3600 } },
    });

    expect(await hitsOf(setting, 3)).toBe("xxx");

    expect(events).toEqual([]);
    setting.sandbox.faults.clear();
    expect(await hitsOf(setting, 2)).toBe(".x");
  });

  it("gives the date of Retry-After by the clock of the sandbox", async () => {
    const setting = await setUpFaults("without a port", [
      { fault: "server_error", retryAfterSeconds: 90, retryAfterForm: "date" },
    ]);
    setting.sandbox.clock.freeze();
    setting.sandbox.clock.set("2030-01-01T00:00:00Z");

    const { headers } = await setting.askForToken();

    expect(headers.get("date")).toBe("Tue, 01 Jan 2030 00:00:00 GMT");
    expect(headers.get("retry-after")).toBe("Tue, 01 Jan 2030 00:01:30 GMT");
  });

  it("gives a document that the caller has already, so that the fault is seen", async () => {
    const setting = await setUpFaults("without a port");
    const etag = (await setting.send(jwksPath)).headers.get("etag") ?? "";
    setting.sandbox.faults.add({ fault: "key_missing", kid: "another" });
    const again = { headers: { "if-none-match": etag } };

    const untouched = await setting.send(jwksPath, again);
    setting.sandbox.faults.add({ fault: "key_missing", id: "second" });
    setting.sandbox.faults.remove("fault-1");
    const faulty = await setting.send(jwksPath, again);

    expect(untouched.headers.get("etag")).toBe(etag);
    expect([faulty.status, faulty.headers.get("etag")]).toEqual([200, null]);
  });

  it("shows a key as late as it says, by the clock of the sandbox", async () => {
    const { sandbox, send } = await setUpFaults("without a port", [
      { fault: "key_published_late", lateBySeconds: 60 },
    ]);
    sandbox.clock.freeze();
    await sandbox.keys.rotate();
    const count = async (): Promise<number> =>
      ((await (await send(jwksPath)).json()) as { keys: unknown[] }).keys.length;

    expect(await count()).toBe(1);
    sandbox.clock.advance("59s");
    expect(await count()).toBe(1);
    sandbox.clock.advance("1s");
    expect(await count()).toBe(2);
  });

  it("gives one client a server with another clock, and the others theirs", async () => {
    const { sandbox, send, askForToken } = await setUpFaults("without a port");
    sandbox.clock.freeze();
    sandbox.faults.add({ fault: "clock_skew", seconds: -412, client: "partner-basic" });
    const now = Math.floor(sandbox.clock.now());
    const times = async (response: Response): Promise<unknown> => {
      const { access_token: token } = (await response.json()) as { access_token: string };
      const payload = Buffer.from(token.split(".")[1] ?? "", "base64url").toString();
      const date = Date.parse(response.headers.get("date") ?? "") / 1000;
      return { iat: (JSON.parse(payload) as { iat: number }).iat - now, date: date - now };
    };
    const other = tokenRequest(sandbox.clients.get("partner-read-only"));

    expect(await times(await askForToken())).toEqual({ iat: -412, date: -412 });
    expect(await times(await send(tokenPath, other))).toEqual({ iat: 0, date: 0 });
  });

  it("knows its server again when the issuer is known", async () => {
    const { sandbox, askForToken } = await setUpFaults("over a socket", [
      { fault: "clock_skew", seconds: 60 },
    ]);

    const { access_token: token } = (await (await askForToken()).json()) as {
      access_token: string;
    };

    const payload = Buffer.from(token.split(".")[1] ?? "", "base64url").toString();
    expect(JSON.parse(payload)).toMatchObject({ iss: sandbox.issuer });
  });
});

describe("the faults of a sandbox", () => {
  it("are added, listed with all that they are, and removed", async () => {
    const { sandbox, askForToken } = await setUpFaults("without a port", [], { seed: 5 });
    const { faults } = sandbox;
    const first = faults.add({ fault: "delay", delayMs: 0 });
    const second = faults.add({ fault: "token_type", id: "odd", times: 1, seed: 9 });

    await askForToken();
    await askForToken();

    expect(faults.list()).toEqual([
      {
        id: "fault-1",
        rule: { fault: "delay", delayMs: 0, id: "fault-1", seed: expect.any(Number) },
        hits: 2,
        state: "active",
      },
      {
        id: "odd",
        rule: { fault: "token_type", id: "odd", times: 1, seed: 9 },
        hits: 1,
        state: "spent",
      },
    ]);
    first.remove();
    expect(faults.list().map(({ id }) => id)).toEqual(["odd"]);
    expect([faults.remove("odd"), faults.remove("odd")]).toEqual([true, false]);
    // A handle outlives its rule, and removes no other that has taken its name.
    faults.add({ fault: "delay", delayMs: 0, id: "odd" });
    second.remove();
    expect([faults.list().length, second.hits()]).toEqual([1, 1]);
    faults.clear();
    expect(faults.list()).toEqual([]);
  });

  it("may come with the configuration", async () => {
    const setting = await setUpFaults("without a port", [], {
      faults: [{ fault: "server_error", times: 1 }],
    });

    expect(await hitsOf(setting, 2)).toBe("x.");
  });

  it("are those of the configuration again after a reset, as if nothing had happened", async () => {
    const setting = await setUpFaults("without a port", [{ fault: "unknown_kid" }], {
      seed: 3,
      faults: [{ fault: "server_error", times: 1, after: 1 }],
    });
    expect(await hitsOf(setting, 3)).toBe(".x.");
    const [before] = setting.sandbox.faults.list();

    await setting.sandbox.reset();

    expect(setting.sandbox.faults.list()).toEqual([{ ...before, hits: 0, state: "active" }]);
    expect(await hitsOf(setting, 3)).toBe(".x.");
  });

  it("give skewed clocks to the server that there is after a reset", async () => {
    const setting = await setUpFaults("without a port", [{ fault: "clock_skew", seconds: 60 }]);
    await setting.sandbox.clients.create({
      id: "partner-basic",
      tokenEndpointAuthMethod: "client_secret_basic",
      scope: [],
    });
    expect(await hitsOf(setting, 1)).toBe("x");

    await setting.sandbox.reset();
    setting.sandbox.faults.add({ fault: "clock_skew", seconds: 60 });

    expect(await hitsOf(setting, 1)).toBe(".");
  });

  it("are noted in the journal with the answers that they had a part in", async () => {
    const setting = await setUpFaults("without a port", [
      { fault: "connection_reset", id: "gone", times: 1, client: "partner-basic" },
    ]);

    await expect(setting.askForToken()).rejects.toThrow("fetch failed");
    await setting.askForToken();

    const noted = setting.sandbox.requests.list().map(({ response, event }) => ({
      faults: response.faults,
      delivery: response.delivery,
      type: event?.type,
    }));
    expect(noted).toEqual([
      { faults: ["gone"], delivery: { cut: "reset" }, type: "token_issued" },
      { faults: undefined, delivery: undefined, type: "token_issued" },
    ]);
  });

  it("are not changed by whoever changes the object that was added", async () => {
    const setting = await setUpFaults("without a port");
    const rule: { fault: "server_error"; client: string } = {
      fault: "server_error",
      client: "nobody",
    };
    setting.sandbox.faults.add(rule);

    rule.client = "partner-basic";

    expect(await hitsOf(setting, 1)).toBe(".");
  });

  it.each([
    { rule: null, option: "rule", message: "rule must be an object with a fault" },
    { rule: {}, option: "rule.fault", message: /^rule\.fault must be one of html_page, / },
    { rule: { fault: "toString" }, option: "rule.fault", message: /must be one of/ },
    {
      rule: { fault: "delay", delayMS: 5 },
      option: "rule.delayMS",
      message: /^rule\.delayMS is unknown: the members of delay are delayMs, id, endpoint, /,
    },
    { rule: { fault: "delay" }, option: "rule.delayMs", message: "rule.delayMs is missing" },
    {
      rule: { fault: "delay", delayMs: -1 },
      option: "rule.delayMs",
      message: "rule.delayMs must be an integer from 0 to 600000",
    },
    { rule: { fault: "delay", delayMs: "5" }, option: "rule.delayMs", message: /an integer/ },
    {
      rule: { fault: "unknown_kid", probability: 1.01 },
      option: "rule.probability",
      message: "rule.probability must be a number from 0 to 1",
    },
    { rule: { fault: "unknown_kid", probability: NaN }, option: "rule.probability", message: /./ },
    { rule: { fault: "unknown_kid", times: 0 }, option: "rule.times", message: /from 1 / },
    { rule: { fault: "unknown_kid", client: "" }, option: "rule.client", message: /a text/ },
    {
      rule: { fault: "narrowed_scope", grants: ["a"], client: 7 },
      option: "rule.client",
      message: /a text/,
    },
    {
      rule: { fault: "narrowed_scope", grants: ["a", ""] },
      option: "rule.grants",
      message: "rule.grants must be a list of texts",
    },
    { rule: { fault: "expires_in", as: "soon" }, option: "rule.as", message: /missing, null/ },
    {
      rule: { fault: "bad_signature", endpoint: "jwks" },
      option: "rule",
      message: /^rule can never act: bad_signature happens at token; /,
    },
    {
      rule: { fault: "key_missing", client: "partner-basic" },
      option: "rule",
      message: /can never act/,
    },
    {
      rule: { fault: "delay", delayMs: 1, endpoint: "revocation", scope: "x" },
      option: "rule",
      message: /can never act/,
    },
  ])("FLT-05 refuse $rule", async ({ rule, option, message }) => {
    const { sandbox } = await setUpFaults("without a port");

    const add = (): unknown => sandbox.faults.add(rule as unknown as FaultRule);

    expect(add).toThrow(message);
    expect(add).toThrow(expect.objectContaining({ kind: "config", option }));
    expect(sandbox.faults.list()).toEqual([]);
  });

  it("have the next number that is no name of another yet", async () => {
    const { faults } = (await setUpFaults("without a port")).sandbox;

    for (const id of ["fault-2", undefined, undefined]) {
      faults.add({ fault: "server_error", id });
    }

    expect(faults.list().map(({ id }) => id)).toEqual(["fault-2", "fault-3", "fault-4"]);
  });

  it("FLT-05 refuse a name that is taken, and a wrong rule of the configuration by its place", async () => {
    const { sandbox } = await setUpFaults("without a port", [{ fault: "unknown_kid", id: "one" }]);
    const faults = [{ fault: "unknown_kid" }, { fault: "delay" }] as FaultRule[];

    expect(() => sandbox.faults.add({ fault: "token_type", id: "one" })).toThrow("one is taken");
    await expect(createSandbox({ faults })).rejects.toMatchObject({ option: "faults[1].delayMs" });
  });
});

function assertionOf(clientId: string): string {
  const encode = (value: object): string =>
    Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { iss: clientId, sub: clientId, aud: "http://localhost", exp: 1, jti: "1" };
  return `${encode({ alg: "ES256" })}.${encode(claims)}.${"A".repeat(86)}`;
}
