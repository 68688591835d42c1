import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import type { SandboxOptions } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { describe, expect, it, onTestFinished } from "vitest";

import { adminOf } from "../support/admin.ts";
import { basic, tokenRequest } from "../support/requests.ts";

const tokenPath = "/partner/v1/oauth/token";

describe("the admin token", () => {
  it.each([
    ["none", undefined],
    ["another", `Bearer sandbox_admin_${"A".repeat(43)}`],
    ["another scheme", "Basic YWRtaW46YWRtaW4="],
    ["an empty one", "Bearer "],
    ["a client's secret", "Bearer sandbox_basic_Jq7Vn2kTzX4mWc9RbY5sPd8hLf3gAe6u"],
  ])("ADM-01 is needed everywhere, and %s is refused", async (_name, authorization) => {
    await using sandbox = await createSandbox();
    const headers = authorization === undefined ? {} : { authorization };

    for (const path of ["/admin/v1", "/admin/v1/clients", "/admin/v1/nowhere", "/metrics"]) {
      const response = await sandbox.fetch(path, { headers });
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe('Bearer realm="sandbox admin"');
      expect(response.headers.get("content-type")).toBe("application/problem+json");
    }
  });

  it("ADM-01 is not a token of the token endpoint, however it was got", async () => {
    await using sandbox = await createSandbox();
    const authorization = `Bearer ${await sandbox.issueToken({ scope: ["admin"] })}`;

    expect((await sandbox.fetch("/admin/v1/clients", { headers: { authorization } })).status).toBe(
      401,
    );
  });

  it("ADM-01 is random, and another for each sandbox and namespace", async () => {
    await using one = await createSandbox();
    await using other = await createSandbox();
    const namespace = await one.namespaces.create("a");

    const tokens = [one.adminToken, other.adminToken, namespace.adminToken];

    expect(new Set(tokens).size).toBe(3);
    for (const token of tokens) expect(token).toMatch(/^sandbox_admin_[\w-]{43}$/);
  });

  it("ADM-01 may be given, and not a short one", async () => {
    const adminToken = "a".repeat(22);
    await using sandbox = await createSandbox({ adminToken });

    expect((await adminOf(sandbox)("GET", "/whoami")).status).toBe(200);
    for (const bad of ["a".repeat(21), "", "with space in the middle", "é".repeat(30)]) {
      await expect(createSandbox({ adminToken: bad })).rejects.toMatchObject({
        option: "adminToken",
      });
    }
  });
});

describe("the admin API", () => {
  it.each([
    ["POST /clients", { id: 7 }, "400 body.id"],
    [
      "POST /clients",
      { id: "x", tokenEndpointAuthMethod: "magic" },
      "400 body.tokenEndpointAuthMethod",
    ],
    ["POST /clients", { id: "partner-basic", tokenEndpointAuthMethod: "none" }, "409 body.id"],
    ["POST /clients", [], "400 body"],
    ["PATCH /clients/partner-basic", { secret: "x" }, "400 body.secret"],
    ["PATCH /clients/partner-basic", { scope: ["no:such"] }, "422 scope"],
    ["POST /clock/advance", { by: "soon" }, "422 body.by"],
    ["POST /clock/advance", { by: -1 }, "422 body.by"],
    ["POST /clock/skew", { by: "soon" }, "422 body.by"],
    ["POST /clock/set", { to: "soon" }, "422 body.to"],
    ["POST /clock/advance", {}, "400 body.by"],
    ["POST /clock/freeze", { now: true }, "400 body.now"],
    ["POST /faults", { fault: "delay" }, "400 body.delayMs"],
    ["POST /faults", { fault: "earthquake" }, "400 body.fault"],
    ["POST /faults", { fault: "bad_signature", endpoint: "jwks" }, "422 rule"],
    ["POST /scenarios", { scenario: "revocation", clientId: "nobody" }, "422 body.clientId"],
    ["GET /requests?limit=0", undefined, "400 query.limit"],
    ["GET /requests?limit=ten", undefined, "400 query.limit"],
    ["GET /requests?status=401&status=403", undefined, "400 query.status"],
    ["GET /requests?colour=red", undefined, "400 query.colour"],
    ["POST /tokens/revoke", { token: "no.token.this" }, "422 token"],
    ["POST /tokens", { malformed: "a bit" }, "400 body.malformed"],
    ["POST /namespaces", { name: "UPPER" }, "400 body.name"],
    ["DELETE /keys/none", undefined, "404 undefined"],
    ["DELETE /clock/", undefined, "404 undefined"],
  ])("ADM-03 names the member and the rule: %s %j", async (operation, body, expected) => {
    await using sandbox = await createSandbox();
    const [method = "", path = ""] = operation.split(" ");

    const answer = await adminOf(sandbox)(method, path, body);

    expect(`${answer.status} ${answer.value.errors?.[0]?.member}`).toBe(expected);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.value).toMatchObject({ type: "about:blank", status: answer.status });
    expect(answer.value.detail).not.toBe("");
  });

  it.each([
    ["/faults", { fault: "delay", delayMS: 5 }, "body.delayMS is unknown: write delayMs,"],
    ["/clock/advance", { By: "1m" }, "body.By is unknown: write by, if that is meant"],
    ["/requests/wait", { filter: { stats: 401 } }, "body.filter.stats is unknown: write status"],
    ["/clock/freeze", { now: 1 }, "body.now is unknown: remove it, or correct its spelling"],
  ])("ADM-03 takes a misspelt member of %s for one mistake: %j", async (path, body, told) => {
    await using sandbox = await createSandbox();

    const { status, value } = await adminOf(sandbox)("POST", path, body);

    expect(status).toBe(400);
    expect(value.errors).toHaveLength(1);
    expect(value.detail.startsWith(told)).toBe(true);
  });

  it.each([
    ["/faults", { fault: "delay", delayMs: 1, endpoint: "tokn" }, 'expected one of "token"|'],
    ["/scenarios", { scenario: "outge" }, "expected one of 'secretRotation' |"],
    ["/clock/advance", { by: "16 m" }, "must be a number of milliseconds, or"],
    ["/clock/set", { to: "tomorrow" }, "must be seconds since the Unix epoch"],
  ])("ADM-03 says of %s %j what it expects, and begins with that", async (path, body, rule) => {
    await using sandbox = await createSandbox();

    const { value } = await adminOf(sandbox)("POST", path, body);

    const [first] = value.errors;
    expect(first.rule.startsWith(rule)).toBe(true);
    expect(value.detail).toBe(`${first.member} ${first.rule}`);
  });

  it.each([
    ["/clock/advance", { by: -1 }, /^The clock advances forward only/],
    ["/clients/partner-private-key-jwt/secrets", { overlapSeconds: 0 }, /^The client partner-/],
  ])("ADM-03 says of %s %j what the sandbox refuses, in a sentence", async (path, body, told) => {
    await using sandbox = await createSandbox();

    const { status, value } = await adminOf(sandbox)("POST", path, body);

    expect(status).toBe(422);
    expect(value.detail).toMatch(told);
  });

  it("ADM-03 repeats nothing that was sent but the names of members", async () => {
    await using sandbox = await createSandbox();
    const secret = "s3cret-that-nobody-should-read";
    const call = adminOf(sandbox);

    const answers = await Promise.all([
      call("POST", "/clients", { id: secret, tokenEndpointAuthMethod: secret, secret }),
      call("POST", "/tokens/revoke", { token: secret }),
      call("POST", "/faults", { fault: secret }),
      call("POST", "/clock/set", { to: secret }),
      call("GET", `/requests?status=${secret}`),
    ]);

    for (const { status, value } of answers) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(JSON.stringify(value)).not.toContain(secret);
    }
  });

  it.each([
    ["a member twice", '{"by":5,"by":0}'],
    ["a member twice, deep down", '{"by":5,"a":[{"b":1,"\\u0062":2}]}'],
    ["seven thousand levels", `{"by":${"[".repeat(7000)}${"]".repeat(7000)}}`],
    ["a number beyond all numbers", '{"by":1e400}'],
    ["half a character", '{"by":"\\ud800"}'],
  ])("ADM-03 refuses what two readers could understand differently: %s", async (_name, body) => {
    await using sandbox = await createSandbox();

    const { status, value } = await adminOf(sandbox)("POST", "/clock/skew", body);

    expect([status, value.errors?.[0]?.member]).toEqual([400, "body"]);
  });

  it("ADM-03 refuses other methods, media types, sizes and broken JSON", async () => {
    await using sandbox = await createSandbox();
    const authorization = `Bearer ${sandbox.adminToken}`;
    const send = async (init: RequestInit): Promise<Response> =>
      sandbox.fetch("/admin/v1/clients", { method: "POST", ...init });
    const json = { authorization, "content-type": "application/json" };

    const put = await send({ method: "PUT", headers: { authorization } });
    const options = await send({ method: "OPTIONS", headers: { authorization } });
    const form = await send({ headers: { authorization }, body: new URLSearchParams("a=b") });
    const large = await send({ headers: json, body: JSON.stringify({ id: "x".repeat(20_000) }) });
    const broken = await send({ headers: json, body: '{"id":' });
    const latin = await send({ headers: json, body: new Uint8Array([34, 0xe9, 34]) });

    expect([put.status, put.headers.get("allow")]).toEqual([405, "GET, HEAD, POST"]);
    expect([options.status, options.headers.get("access-control-allow-origin")]).toEqual([
      405,
      null,
    ]);
    expect([form, large, broken, latin].map(({ status }) => status)).toEqual([415, 413, 400, 400]);
  });

  it("ADM-03 answers HEAD without a body", async () => {
    await using sandbox = await createSandbox();
    const headers = { authorization: `Bearer ${sandbox.adminToken}` };

    const head = await sandbox.fetch("/admin/v1/clock", { method: "HEAD", headers });

    expect([head.status, await head.text()]).toEqual([200, ""]);
  });

  it("ADM-04 is not in the metadata, nor in the journal of what partners ask", async () => {
    await using sandbox = await createSandbox();
    await adminOf(sandbox)("GET", "/whoami");
    const metadata = await (await sandbox.fetch("/.well-known/oauth-authorization-server")).text();

    expect(metadata).not.toMatch(/admin|metrics|healthz/);
    expect(sandbox.requests.list().map(({ request }) => request.path)).toEqual([
      "/.well-known/oauth-authorization-server",
    ]);
  });

  it("ADM-04 is where it is configured to be, and nowhere else", async () => {
    await using sandbox = await createSandbox({ adminPrefix: "/_/control" });
    const namespace = await sandbox.namespaces.create("a");
    const headers = { authorization: `Bearer ${sandbox.adminToken}` };

    expect(sandbox.adminUrl).toBe("http://localhost/_/control");
    expect(namespace.adminUrl).toBe("http://localhost/ns/a/_/control");
    expect((await adminOf(sandbox)("GET", "/whoami")).status).toBe(200);
    expect((await sandbox.fetch("/admin/v1/whoami", { headers })).status).toBe(404);
    for (const adminPrefix of [
      "",
      "/",
      "admin",
      "/admin/",
      "/partner",
      "/ns/x",
      "/metrics",
      "/partner/v1/oauth/errors",
      "/partner/v1/oauth/explanations/admin",
      "/a/../b",
      "/.",
      "/a?b",
    ]) {
      await expect(createSandbox({ adminPrefix })).rejects.toMatchObject({ option: "adminPrefix" });
    }
  });

  it("ADM-04 may have a port of its own: then it is on no other", async () => {
    await using sandbox = await createSandbox();
    const { url, adminUrl } = await sandbox.listen({ adminPort: 0 });
    const headers = { authorization: `Bearer ${sandbox.adminToken}` };
    const adminOrigin = new URL(adminUrl).origin;
    const statusOf = async (address: string): Promise<number> =>
      (await fetch(address, { headers })).status;

    expect(adminOrigin).not.toBe(url);
    expect(sandbox.adminUrl).toBe(adminUrl);
    expect(await statusOf(`${adminUrl}/whoami`)).toBe(200);
    expect(await statusOf(`${adminOrigin}/metrics`)).toBe(200);
    expect(await statusOf(`${url}/admin/v1/whoami`)).toBe(404);
    expect(await statusOf(`${url}/metrics`)).toBe(404);
    expect(await statusOf(`${adminOrigin}/.well-known/jwks.json`)).toBe(404);
    expect(await statusOf(`${url}/readyz`)).toBe(200);
    expect(await statusOf(`${adminOrigin}/readyz`)).toBe(200);
    expect(sandbox.issuer).toBe(url);
  });

  it("ADM-04 frees the first port when the one of its own is taken", async () => {
    await using taken = await createSandbox();
    await using sandbox = await createSandbox();
    const adminPort = Number(new URL((await taken.listen()).url).port);

    await expect(sandbox.listen({ adminPort })).rejects.toMatchObject({ code: "EADDRINUSE" });
    await expect(sandbox.listen({})).resolves.toMatchObject({ url: expect.any(String) });
  });
});

describe("over the admin API", () => {
  it("ADM-05 a client is made, used, changed, given another secret, and deleted", async () => {
    await using sandbox = await createSandbox();
    const call = adminOf(sandbox);
    const status = async (credential: { id: string; secret: string }): Promise<number> =>
      (
        await sandbox.fetch(tokenPath, {
          method: "POST",
          headers: { authorization: basic(credential) },
          body: new URLSearchParams({ grant_type: "client_credentials" }),
        })
      ).status;

    const made = await call("POST", "/clients", {
      id: "mine",
      tokenEndpointAuthMethod: "client_secret_basic",
      scope: ["decisions:read"],
    });
    expect(await status(made.value)).toBe(200);
    await call("PATCH", "/clients/mine", { enabled: false });
    expect(await status(made.value)).toBe(401);
    await call("PATCH", "/clients/mine", { enabled: null, description: "mine" });
    expect(await status(made.value)).toBe(200);

    const rotated = await call("POST", "/clients/mine/secrets", { overlapSeconds: 60 });
    await call("PATCH", "/clients/mine", { tokenLimit: { limit: 5, windowSeconds: 60 } });
    expect(await status(made.value)).toBe(200);
    expect(await status({ id: "mine", secret: rotated.value.secret })).toBe(200);
    const [first] = (await call("GET", "/clients/mine/secrets")).value.secrets;
    await call("DELETE", `/clients/mine/secrets/${first.id}`);
    expect(await status(made.value)).toBe(401);
    expect((await call("GET", "/clients/mine")).value).toMatchObject({
      description: "mine",
      secret: rotated.value.secret,
    });

    expect((await call("DELETE", "/clients/mine")).status).toBe(204);
    expect((await call("GET", "/clients/mine")).status).toBe(404);
    expect(await status({ id: "mine", secret: rotated.value.secret })).toBe(401);
    await call("DELETE", "/clients/partner-post");
    await call("POST", "/reset");
    expect((await call("GET", "/clients/partner-post")).status).toBe(200);
  });

  it("ADM-05 time passes, stands, and is set", async () => {
    await using sandbox = await createSandbox();
    const call = adminOf(sandbox);
    await call("POST", "/clock/freeze");
    await call("POST", "/clock/set", { to: "2031-05-05T00:00:00Z" });
    await call("POST", "/clock/advance", { by: "16m" });

    const { value } = await call("GET", "/clock");
    const jwks = await sandbox.fetch("/.well-known/jwks.json");

    expect(value).toMatchObject({ isFrozen: true, now: Date.UTC(2031, 4, 5, 0, 16) / 1000 });
    expect(jwks.headers.get("date")).toBe("Mon, 05 May 2031 00:16:00 GMT");
    expect((await call("POST", "/clock/reset")).value).toMatchObject({
      offsetMs: 0,
      isFrozen: false,
    });
  });

  it("ADM-05 a scenario is started and ended, and a reset forgets it", async () => {
    await using sandbox = await createSandbox();
    const call = adminOf(sandbox);
    const ask = async (): Promise<number> =>
      (await sandbox.fetch(tokenPath, tokenRequest(sandbox.clients.get("partner-basic")))).status;

    const { value } = await call("POST", "/scenarios", { scenario: "outage", as: "gateway" });
    expect([value.faults.length, await ask()]).toEqual([1, 502]);
    await call("DELETE", `/scenarios/${value.id}`);
    expect([await ask(), (await call("DELETE", `/scenarios/${value.id}`)).status]).toEqual([
      200, 404,
    ]);

    await call("POST", "/scenarios", { scenario: "throttle", retryAfterSeconds: 7 });
    expect(await ask()).toBe(429);
    await sandbox.reset();
    expect((await call("GET", "/scenarios")).value).toEqual({ scenarios: [] });
    expect(await ask()).toBe(200);
  });

  it("ADM-05 a request is waited for, explained and written as curl", async () => {
    await using sandbox = await createSandbox();
    const call = adminOf(sandbox);
    const waiting = call("POST", "/requests/wait", { filter: { status: 401 }, timeoutMs: 5000 });
    const client = { id: "partner-basic", secret: "wrong" };
    const refused = await sandbox.fetch(tokenPath, {
      ...tokenRequest(sandbox.clients.get(client.id)),
      headers: { authorization: basic(client) },
    });
    const id = refused.headers.get("x-request-id") ?? "";

    expect((await waiting).value).toMatchObject({ count: 1, requests: [{ requestId: id }] });
    expect((await call("GET", `/requests/${id}/explanation`)).value).toMatchObject({
      clientId: "partner-basic",
      why: "secret_wrong",
    });
    expect((await call("GET", `/requests/${id}/curl`)).value.curl).toContain("$CLIENT_SECRET");
    expect((await call("GET", "/requests/count?status=401")).value).toEqual({ count: 1 });
    const late = await call("POST", "/requests/wait", { count: 2, timeoutMs: 1 });
    expect([late.status, late.value.detail]).toEqual([409, expect.stringContaining("1 of 2")]);
  });

  it("ADM-05 of many who make one client or one namespace at a time, one does", async () => {
    await using sandbox = await createSandbox();
    const call = adminOf(sandbox);
    await call("GET", "/clients");
    const client = { id: "twin", tokenEndpointAuthMethod: "private_key_jwt", scope: [] };
    const makeSix = async (path: string, body: unknown): Promise<unknown> => {
      const answers = await Promise.all(Array.from({ length: 6 }, () => call("POST", path, body)));
      return answers.map(({ status }) => status).toSorted((a, b) => a - b);
    };

    const oneOfSix = [201, 409, 409, 409, 409, 409];
    expect(await makeSix("/clients", client)).toEqual(oneOfSix);
    expect(await makeSix("/namespaces", { name: "twin" })).toEqual(oneOfSix);
    expect((await call("DELETE", "/clients/twin")).status).toBe(204);
    expect((await call("POST", "/clients", client)).status).toBe(201);
  });

  it("ADM-05 whoever waits is told when the sandbox closes", async () => {
    const sandbox = await createSandbox();
    const waiting = adminOf(sandbox)("POST", "/requests/wait", { timeoutMs: 25_000 });

    await sandbox.close();

    expect((await waiting).status).toBe(409);
  });

  it("ADM-05 a token is made to order, and revoked", async () => {
    await using sandbox = await createSandbox();
    const call = adminOf(sandbox);
    const isActive = async (token: string): Promise<boolean> => {
      const response = await sandbox.fetch("/partner/v1/oauth/introspect", {
        method: "POST",
        headers: { authorization: basic(sandbox.clients.get("partner-api")) },
        body: new URLSearchParams({ token }),
      });
      return ((await response.json()) as { readonly active: boolean }).active;
    };
    const good = (await call("POST", "/tokens", {})).value.accessToken as string;
    const bad = (await call("POST", "/tokens", { malformed: "bad_signature" })).value.accessToken;

    expect([await isActive(good), await isActive(bad)]).toEqual([true, false]);
    expect((await call("POST", "/tokens/revoke", { token: good })).status).toBe(204);
    expect(await isActive(good)).toBe(false);
  });

  it("ADM-05 a claim that is null is left out", async () => {
    await using sandbox = await createSandbox();
    const { value } = await adminOf(sandbox)("POST", "/tokens", {
      claims: { jti: null, env: "test", nested: { kept: null } },
    });
    const payload = Buffer.from(value.accessToken.split(".")[1], "base64url").toString();

    expect(JSON.parse(payload)).toMatchObject({ env: "test", nested: { kept: null } });
    expect(JSON.parse(payload)).not.toHaveProperty("jti");
  });

  it("RL-06 the limits are those of production, for anybody with the token to see", async () => {
    await using sandbox = await createSandbox();

    expect((await adminOf(sandbox)("GET", "/limits")).value).toEqual({
      token: { limit: 60, windowSeconds: 60 },
      introspection: { limit: 600, windowSeconds: 60 },
      revocation: { limit: 60, windowSeconds: 60 },
      address: { limit: 1200, windowSeconds: 60 },
      failedAuthentication: { limit: 10, windowSeconds: 60 },
    });
  });
});

describe("a URL that came over the admin API", () => {
  it("SAFE-05 is never fetched, whatever it came as", async () => {
    const connections: string[] = [];
    const canary = createServer((request, response) => {
      connections.push(request.url ?? "");
      response.end('{"keys":[]}');
    }).listen(0, "127.0.0.1");
    canary.on("connection", () => connections.push("connection"));
    onTestFinished(() => void canary.close());
    await once(canary, "listening");
    const url = `http://127.0.0.1:${(canary.address() as AddressInfo).port}/keys`;
    const options: SandboxOptions = {
      // As open as a sandbox can be made.
      clientKeySets: { allowedHosts: ["127.0.0.1", "localhost"], allowPrivateAddresses: true },
    };
    await using sandbox = await createSandbox(options);
    const call = adminOf(sandbox);
    const keyed = { id: "keyed", tokenEndpointAuthMethod: "private_key_jwt", scope: [] };

    const refused = await Promise.all([
      call("POST", "/clients", { ...keyed, jwksUri: url }),
      call("POST", "/clients", { ...keyed, jwks_uri: url }),
      call("PATCH", "/clients/partner-private-key-jwt", { jwksUri: url }),
      call("POST", "/namespaces", { name: "a", clients: [{ ...keyed, jwksUri: url }] }),
      call("POST", "/namespaces", { name: "b", issuer: url }),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400]);

    // These are only ever written into tokens and documents.
    await call("POST", "/faults", { fault: "wrong_metadata_issuer", issuer: url });
    await call("POST", "/clients", { ...keyed, tlsClientAuthSanUri: url });
    const { value } = await call("POST", "/tokens", {
      issuer: url,
      header: { jku: url, x5u: url },
      claims: { iss: url },
    });
    await sandbox.fetch("/partner/v1/oauth/introspect", {
      method: "POST",
      headers: { authorization: basic(sandbox.clients.get("partner-api")) },
      body: new URLSearchParams({ token: value.accessToken }),
    });
    await call("POST", "/tokens/revoke", { token: value.accessToken });

    expect(connections).toEqual([]);
  });
});
