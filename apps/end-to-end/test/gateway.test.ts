import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Gateway } from "@credicorp/end-to-end";
import { startGateway } from "@credicorp/end-to-end";
import { describe, expect, it, onTestFinished } from "vitest";

async function startUpstream(
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<string> {
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function startTestGateway(
  upstreamOf: (path: string) => string | undefined,
): Promise<Gateway> {
  const gateway = await startGateway({ host: "127.0.0.1", port: 0, upstreamOf });
  onTestFinished(gateway.close);
  return gateway;
}

describe("a gateway", () => {
  it("passes method, target, fields and body on as they were received", async () => {
    const upstream = await startUpstream(async (incoming, outgoing) => {
      const body = await text(incoming);
      const { method, url, rawHeaders } = incoming;
      outgoing.end(JSON.stringify({ method, url, rawHeaders, body }));
    });
    const gateway = await startTestGateway(() => upstream);

    const seen = await new Promise<string>((resolve, reject) => {
      const outgoing = request(`${gateway.origin}/a%20b?c=d`, {
        method: "PUT",
        headers: ["Host", "hub.example", "X-Twice", "1", "x-tWICE", "2", "Content-Length", "5"],
      });
      outgoing.on("response", (answer) => resolve(text(answer)));
      outgoing.on("error", reject);
      outgoing.end("a b=c");
    });

    const { rawHeaders, ...rest } = JSON.parse(seen);
    expect(rest).toEqual({ method: "PUT", url: "/a%20b?c=d", body: "a b=c" });
    expect(rawHeaders.slice(0, 6)).toEqual(["Host", "hub.example", "X-Twice", "1", "x-tWICE", "2"]);
  });

  it("passes status, fields and body back, and adds none", async () => {
    const upstream = await startUpstream((_incoming, outgoing) => {
      outgoing.writeHead(429, ["Retry-After", "7", "Set-Cookie", "a=1", "Set-Cookie", "b=2"]);
      outgoing.end("slow down");
    });
    const gateway = await startTestGateway(() => upstream);

    const response = await fetch(gateway.origin);

    expect(response.status).toBe(429);
    expect(response.headers.get("retry-after")).toBe("7");
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(await response.text()).toBe("slow down");
  });

  it("chooses the server by the path, without the query, and counts requests by it", async () => {
    const one = await startUpstream((_incoming, outgoing) => outgoing.end("one"));
    const two = await startUpstream((_incoming, outgoing) => outgoing.end("two"));
    const gateway = await startTestGateway((path) => (path === "/one" ? one : two));

    const bodies = [];
    for (const target of ["/one", "/one?x=/two", "/two"]) {
      bodies.push(await (await fetch(gateway.origin + target)).text());
    }

    expect(bodies).toEqual(["one", "one", "two"]);
    expect(gateway.requestCount("/one")).toBe(2);
    expect(gateway.requestCount("/two")).toBe(1);
    expect(gateway.requestCount("/three")).toBe(0);
  });

  it.each([
    { name: "there is none", upstream: undefined },
    { name: "it does not listen", upstream: "http://127.0.0.1:1" },
  ])("answers 502 for a server behind it when $name", async ({ upstream }) => {
    const gateway = await startTestGateway(() => upstream);

    const response = await fetch(gateway.origin, { method: "POST", body: "ignored" });

    expect(response.status).toBe(502);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
  });

  it("breaks the connection, rather than ending the body, when a server dies in mid-answer", async () => {
    const upstream = await startUpstream((_incoming, outgoing) => {
      outgoing.writeHead(200, { "content-length": "1000" });
      outgoing.write("half", () => outgoing.destroy());
    });
    const gateway = await startTestGateway(() => upstream);

    const response = await fetch(gateway.origin);

    await expect(response.text()).rejects.toThrow("terminated");
  });

  it("answers what is in flight before it closes, and nothing afterwards", async () => {
    const upstream = await startUpstream((_incoming, outgoing) => {
      setTimeout(() => outgoing.end("late"), 50);
    });
    const gateway = await startTestGateway(() => upstream);
    const startedAtMs = performance.now();
    const inFlight = fetch(gateway.origin).then((response) => response.text());
    await expect.poll(() => gateway.requestCount("/")).toBe(1);

    await gateway.close();

    expect(await inFlight).toBe("late");
    // It does not wait for the caller to let go of the connection.
    expect(performance.now() - startedAtMs).toBeLessThan(2000);
    await expect(fetch(gateway.origin)).rejects.toThrow("fetch failed");
  });

  it("refuses a port that is taken, with the system's code", async () => {
    const gateway = await startTestGateway(() => undefined);
    const port = Number(new URL(gateway.origin).port);

    const second = startGateway({ host: "127.0.0.1", port, upstreamOf: () => undefined });

    await expect(second).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});
