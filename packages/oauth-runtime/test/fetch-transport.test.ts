import type { RequestListener } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, describe, expect, it, vi } from "vitest";

import { singleHeaderValue } from "@credicorp/oauth-core";
import { createFetchTransport } from "@credicorp/oauth-runtime";

const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  closers.push(() => server.close().closeAllConnections());
  await new Promise((resolve) => server.once("listening", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const send = createFetchTransport();
const options = { timeoutMs: 5000, maxBodyBytes: 1000 };

describe("fetch transport", () => {
  it("sends method, headers and body, and reads the whole answer", async () => {
    const url = await serve((request, response) => {
      response.writeHead(201, {
        "x-method": request.method,
        "x-type": request.headers["content-type"],
      });
      request.pipe(response);
    });

    const result = await send(
      { method: "POST", url, headers: [["content-type", "text/plain"]], body: "héllo" },
      options,
    );

    if (!result.ok) throw new Error(result.failure.kind);
    expect(result.value.status).toBe(201);
    expect(Buffer.from(result.value.body).toString()).toBe("héllo");
    expect(singleHeaderValue(result.value.headers, "x-method")).toBe("POST");
    expect(singleHeaderValue(result.value.headers, "x-type")).toBe("text/plain");
  });

  it("CLI-23 does not follow a redirect", async () => {
    let requests = 0;
    const url = await serve((_request, response) => {
      requests += 1;
      response.writeHead(307, { location: "/elsewhere" }).end();
    });

    const result = await send({ method: "GET", url, headers: [] }, options);

    expect(result).toMatchObject({ ok: true, value: { status: 307 } });
    expect(requests).toBe(1);
  });

  it.each([
    { length: 1000, outcome: { ok: true } },
    { length: 1001, outcome: { ok: false, failure: { kind: "too_large" } } },
  ])("CLI-23 bounds the body: $length bytes of at most 1000", async ({ length, outcome }) => {
    const url = await serve((_request, response) => response.end("x".repeat(length)));

    expect(await send({ method: "GET", url, headers: [] }, options)).toMatchObject(outcome);
  });

  it("CLI-23 gives up when headers do not arrive in time", async () => {
    const url = await serve(() => undefined);

    const result = await send({ method: "GET", url, headers: [] }, { ...options, timeoutMs: 30 });

    expect(result).toEqual({ ok: false, failure: { kind: "timeout" } });
  });

  it("CLI-23 gives up when the body does not end in time", async () => {
    const url = await serve((_request, response) => response.write("x"));

    const result = await send({ method: "GET", url, headers: [] }, { ...options, timeoutMs: 60 });

    expect(result).toEqual({ ok: false, failure: { kind: "timeout" } });
  });

  it("stops when the caller aborts, before and during", async () => {
    const controller = new AbortController();
    const url = await serve(() => controller.abort());
    const request = { method: "GET", url, headers: [] } as const;

    const during = await send(request, { ...options, signal: controller.signal });
    const before = await send(request, { ...options, signal: AbortSignal.abort() });

    expect([during, before]).toEqual([
      { ok: false, failure: { kind: "aborted" } },
      { ok: false, failure: { kind: "aborted" } },
    ]);
  });

  it("CLI-23 gives up on a fetch that ignores its signal, and frees its late answer", async () => {
    const cancelled: string[] = [];
    const respond: (() => void)[] = [];
    const deaf = createFetchTransport(
      () =>
        new Promise((resolve) => {
          const body = new ReadableStream({ cancel: () => void cancelled.push("body") });
          respond.push(() => resolve(new Response(body)));
        }),
    );
    const request = { method: "GET", url: "https://hub.example", headers: [] } as const;
    const controller = new AbortController();

    const timedOut = await deaf(request, { ...options, timeoutMs: 30 });
    const aborting = deaf(request, { ...options, signal: controller.signal });
    controller.abort();

    expect(timedOut).toEqual({ ok: false, failure: { kind: "timeout" } });
    expect(await aborting).toEqual({ ok: false, failure: { kind: "aborted" } });
    for (const answer of respond) answer();
    await vi.waitFor(() => expect(cancelled).toHaveLength(2));
  });

  it("CLI-23 gives up on a body that never ends and ignores the signal", async () => {
    const endless = createFetchTransport(async () => new Response(new ReadableStream()));
    const request = { method: "GET", url: "https://hub.example", headers: [] } as const;

    const result = await endless(request, { ...options, timeoutMs: 30 });

    expect(result).toEqual({ ok: false, failure: { kind: "timeout" } });
  });

  it("names a fetch that throws at once as the network's", async () => {
    const broken = createFetchTransport(() => {
      throw new TypeError("no such address");
    });
    const request = { method: "GET", url: "https://hub.example", headers: [] } as const;

    expect(await broken(request, options)).toMatchObject({
      ok: false,
      failure: { kind: "network", cause: expect.any(TypeError) },
    });
  });

  it("names a broken connection as the network's", async () => {
    const url = await serve((request) => request.socket.destroy());

    const result = await send({ method: "GET", url, headers: [] }, options);

    expect(result).toMatchObject({
      ok: false,
      failure: { kind: "network", cause: expect.any(Error) },
    });
  });
});
