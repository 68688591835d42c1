import { once } from "node:events";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage, Server } from "node:http";
import { request } from "node:http";
import { connect, createServer } from "node:net";
import { describe, expect, it, onTestFinished, vi } from "vitest";

import type { AuditListener } from "@credicorp/oauth-core/authorization-server";
import type { Sandbox, SandboxOptions } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";

import { basic, sendRaw, tokenRequest } from "./support/requests.ts";

const tokenPath = "/partner/v1/oauth/token";
const formType = ["Content-Type", "application/x-www-form-urlencoded"];

async function setUp(options: SandboxOptions = {}): Promise<{ sandbox: Sandbox; url: string }> {
  const sandbox = await createSandbox({ additionalAlgorithms: [], ...options });
  onTestFinished(() => sandbox.close());
  const { url } = await sandbox.listen();
  return { sandbox, url };
}

describe("sandbox over HTTP", () => {
  it.each([
    { name: "says nothing", start: "" },
    { name: "sends half a header", start: "POST / HTTP/1.1\r\nHo" },
    {
      name: "sends half a body",
      start: `POST ${tokenPath} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab`,
    },
  ])("closes although a connection is open that $name", async ({ start }) => {
    const { sandbox, url } = await setUp();
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    socket.on("error", () => undefined);
    await once(socket, "connect");
    if (start !== "") socket.write(start);

    await expect(sandbox.close()).resolves.toBeUndefined();
  });

  it("takes a target in absolute form, as proxies send it", async () => {
    const { sandbox, url } = await setUp();
    const client = sandbox.clients.get("partner-basic");

    const answer = await sendRaw(url, {
      method: "POST",
      path: `${url}${tokenPath}`,
      headers: [...formType, "Authorization", basic(client)],
      body: "grant_type=client_credentials",
    });

    expect(answer.status).toBe(200);
  });

  it("listens once, also when asked twice at the same time, and not after its end", async () => {
    const sandbox = await createSandbox({ additionalAlgorithms: [] });
    onTestFinished(() => sandbox.close());

    const outcomes = await Promise.allSettled([sandbox.listen(), sandbox.listen()]);
    await sandbox.close();

    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    await expect(sandbox.listen()).rejects.toMatchObject({ message: "The sandbox is closed" });
  });

  it("takes the origin that it listens on as its issuer", async () => {
    const { sandbox, url } = await setUp();

    const response = await fetch(`${url}/.well-known/oauth-authorization-server`);

    expect(sandbox.issuer).toBe(url);
    expect(await response.json()).toMatchObject({ issuer: url, token_endpoint: url + tokenPath });
  });

  it("keeps a configured issuer", async () => {
    const { sandbox } = await setUp({ issuer: "https://hub.example.com" });

    expect(sandbox.issuer).toBe("https://hub.example.com");
  });

  it("AUTH-03 sees repeated fields as they were sent", async () => {
    const { sandbox, url } = await setUp();
    const value = basic(sandbox.clients.get("partner-basic"));

    const answer = await sendRaw(url, {
      method: "POST",
      path: tokenPath,
      headers: [...formType, "Authorization", value, "Authorization", value],
      body: "grant_type=client_credentials",
    });

    expect([answer.status, JSON.parse(answer.body).error]).toEqual([400, "invalid_request"]);
  });

  it.each(["PROPFIND", "PATCH", "TRACE", "DELETE"])(
    "HTTP-02 answers %s with 405",
    async (method) => {
      const { url } = await setUp();

      const answer = await sendRaw(url, { method, path: tokenPath });

      expect([answer.status, answer.headers.allow]).toEqual([405, "POST"]);
    },
  );

  it.each(["/%zz", "/%c0%af", "//evil.example.com", "/a/../b", "*", "http://other.example.com/x"])(
    "HTTP-11 answers the odd target %s with a problem",
    async (path) => {
      const { url } = await setUp({ allowedHosts: ["other.example.com"] });

      const answer = await sendRaw(url, { path });

      expect([answer.status, answer.headers["content-type"]]).toEqual([
        404,
        "application/problem+json",
      ]);
    },
  );

  it("HTTP-05 answers 413 to two megabytes, and serves the next request", async () => {
    const { sandbox, url } = await setUp();

    const large = await sendRaw(url, {
      method: "POST",
      path: tokenPath,
      headers: formType,
      body: Buffer.alloc(2_000_000, "a"),
    });
    const next = await fetch(url + tokenPath, tokenRequest(sandbox.clients.get("partner-basic")));

    expect([large.status, JSON.parse(large.body).error]).toEqual([413, "invalid_request"]);
    expect(next.status).toBe(200);
  });

  it("HTTP-08 sends one Date, by its own clock", async () => {
    const { sandbox, url } = await setUp({
      clock: { now: () => 784_111_777, monotonicMs: () => 0 },
    });

    const response = await fetch(
      url + tokenPath,
      tokenRequest(sandbox.clients.get("partner-basic")),
    );

    expect(response.headers.get("date")).toBe("Sun, 06 Nov 1994 08:49:37 GMT");
  });

  it("HTTP-10 believes forwarded fields from trusted proxies only", async () => {
    const addresses: string[] = [];
    const audit = ({ address }: { readonly address: string }): void => void addresses.push(address);
    const untrusting = await setUp({ audit });
    const trusting = await setUp({ audit, trustedProxies: ["127.0.0.1"] });
    const headers = { "x-forwarded-for": "203.0.113.5, 198.51.100.7" };

    await fetch(`${untrusting.url}/nowhere`, { headers });
    await fetch(`${trusting.url}/nowhere`, { headers });

    expect(addresses).toEqual(["127.0.0.1", "198.51.100.7"]);
  });

  it.each([
    { name: "https", fields: { "x-forwarded-proto": "https" }, status: 200 },
    { name: "http", fields: { "x-forwarded-proto": "http" }, status: 400 },
    { name: "http behind https", fields: { "x-forwarded-proto": "https, http" }, status: 400 },
    { name: "nothing about TLS", fields: {}, status: 400 },
  ])(
    "HTTP-01 HTTP-10 answers $status to credentials when the trusted proxy says $name",
    async ({ fields, status }) => {
      const audit = vi.fn<AuditListener>();
      const { sandbox, url } = await setUp({
        issuer: "https://hub.example.com",
        trustedProxies: ["127.0.0.1"],
        audit,
      });
      const init = tokenRequest(sandbox.clients.get("partner-basic"));
      const headers = new Headers(init.headers);
      for (const [name, value] of Object.entries(fields)) headers.set(name, value);
      headers.set("x-forwarded-for", "203.0.113.5");

      const response = await fetch(url + tokenPath, { ...init, headers });

      expect(response.status).toBe(status);
      const why = status === 200 ? undefined : "insecure_transport";
      expect(audit.mock.calls.map(([event]) => ("why" in event ? event.why : undefined))).toEqual([
        why,
      ]);
    },
  );

  it("HTTP-01 serves this machine without TLS, over a socket and without, whatever its issuer", async () => {
    const { sandbox, url } = await setUp({ issuer: "https://hub.example.com" });
    const init = tokenRequest(sandbox.clients.get("partner-basic"));

    expect((await fetch(url + tokenPath, init)).status).toBe(200);
    expect((await sandbox.fetch(tokenPath, init)).status).toBe(200);
  });

  it("ends a request that does not arrive within half a minute", async () => {
    const servers: Server[] = [];
    const note = (message: unknown): void => {
      servers.push((message as { readonly server: Server }).server);
    };
    subscribe("http.server.request.start", note);
    onTestFinished(() => void unsubscribe("http.server.request.start", note));
    const { url } = await setUp();

    await fetch(url);

    // Node looks every half minute: too long for a test to wait, so the setting has to do.
    expect(servers.map(({ requestTimeout }) => requestTimeout)).toEqual([30_000]);
  });

  it("makes no more keys once it is closed, and does not wait for them", async () => {
    const { sandbox, url } = await setUp({ additionalAlgorithms: ["Ed25519"] });
    await (await fetch(url)).text();

    await sandbox.close();

    expect((await sandbox.keys.list()).map(({ algorithm }) => algorithm)).toEqual(["ES256"]);
  });

  it.each(["0.0.0.0", "192.0.2.1", "::", "example.com"])(
    "HTTP-01 refuses to listen on %s over plain http without the flag",
    async (host) => {
      const sandbox = await createSandbox();

      await expect(sandbox.listen({ host })).rejects.toMatchObject({
        kind: "config",
        option: "host",
      });
    },
  );

  it("HTTP-01 listens beyond loopback with the flag, and on loopback without", async () => {
    const open = await createSandbox({ allowInsecureHttp: true });
    const local = await createSandbox();
    onTestFinished(async () => void (await Promise.all([open.close(), local.close()])));

    expect((await open.listen({ host: "0.0.0.0" })).url).toMatch(/^http:\/\/localhost:\d+$/);
    expect((await local.listen({ host: "localhost" })).url).toMatch(/^http:\/\/localhost:\d+$/);
  });

  it("says so when the port is taken, and may listen on another one then", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => void taken.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void taken.close());
    const sandbox = await createSandbox();
    onTestFinished(() => sandbox.close());
    const address = taken.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;

    await expect(sandbox.listen({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
    await expect(sandbox.listen()).resolves.toMatchObject({ url: expect.any(String) });
    await expect(sandbox.listen()).rejects.toMatchObject({ option: "port" });
  });

  it("answers what is in flight before it stops", async () => {
    const { sandbox, url } = await setUp();
    const body = "grant_type=client_credentials";
    const sent = request(url + tokenPath, {
      method: "POST",
      headers: {
        authorization: basic(sandbox.clients.get("partner-basic")),
        "content-type": "application/x-www-form-urlencoded",
        "content-length": body.length,
        // The server answers this one when it has read the header and waits for the body.
        expect: "100-continue",
      },
    });
    sent.flushHeaders();
    await once(sent, "continue");

    const closing = sandbox.close();
    sent.end(body);
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    response.resume();
    await closing;

    expect(response.statusCode).toBe(200);
    await expect(fetch(url)).rejects.toThrow(/fetch failed/);
  });

  it("AT-04 JWK-04 offers an RS256 key after the first answer, made in the background and announced", async () => {
    const { sandbox, url } = await setUp({ additionalAlgorithms: ["RS256"] });
    const algorithms = async (): Promise<unknown[]> => {
      const response = await fetch(`${url}/.well-known/jwks.json`);
      return ((await response.json()) as { keys: { alg: string }[] }).keys.map(({ alg }) => alg);
    };

    expect(await algorithms()).toEqual(["ES256"]);
    await expect.poll(algorithms, { timeout: 8000, interval: 200 }).toEqual(["ES256", "RS256"]);
    expect((await sandbox.keys.list()).map(({ phase }) => phase)).toEqual(["signing", "announced"]);
  });
});
