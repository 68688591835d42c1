import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { Agent, get } from "node:http";
import { connect } from "node:net";
import { json } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";

import type { FaultRule } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { describe, expect, it, onTestFinished, vi } from "vitest";

import { jwksPath, see, setUpFaults, ways } from "../support/fault-setting.ts";
import { createTlsSetting } from "../support/tls-sandbox.ts";

/** What arrives at a socket that asks for the JWKS, and how it ends. */
async function listenRaw(
  rule: FaultRule,
): Promise<{ readonly text: string; readonly end: string }> {
  const { sandbox } = await setUpFaults("over a socket", [rule]);
  const port = Number(new URL(sandbox.issuer).port);
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  const chunks: Buffer[] = [];
  const events: string[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.on("end", () => events.push("end"));
  socket.on("error", (error: NodeJS.ErrnoException) => events.push(error.code ?? "error"));
  socket.write(`GET ${jwksPath} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  await new Promise((resolve) => socket.on("close", resolve));
  return { text: Buffer.concat(chunks).toString(), end: events.join() };
}

describe.each(ways)("an answer that must have no content, %s", (way) => {
  it.each([204, 205, 304])("FLT-02 has none with the status %i", async (status) => {
    const cut = { fault: "truncated_body", endpoint: "jwks" } as const;
    const { sandbox, send } = await setUpFaults(way, [{ fault: "html_page", status }, cut]);

    const seen = await see(send(jwksPath));

    expect(seen).toMatchObject({ kind: "answer", status, text: "" });
    expect(sandbox.faults.list().map(({ hits }) => hits)).toEqual([1, 0]);
  });
});

describe("a bad delivery on a socket", () => {
  it("says that there is no content where only the status would leave it open", async () => {
    const { sandbox } = await setUpFaults("over a socket", [{ fault: "html_page", status: 205 }]);

    const response = await fetch(sandbox.issuer + jwksPath);

    expect(response.headers.get("content-length")).toBe("0");
  });

  it("FLT-02 resets the connection without a byte", async () => {
    const { text, end } = await listenRaw({ fault: "connection_reset" });

    expect({ text, end }).toEqual({ text: "", end: "ECONNRESET" });
  });

  it("FLT-02 ends the connection in order, without a byte", async () => {
    const { text, end } = await listenRaw({ fault: "empty_answer" });

    expect({ text, end }).toEqual({ text: "", end: "end" });
  });

  it("FLT-02 announces the whole body and sends as much of it as it is told", async () => {
    const { text, end } = await listenRaw({ fault: "truncated_body", afterBytes: 9 });

    const [head = "", body] = text.split("\r\n\r\n");
    expect({ body, end }).toEqual({ body: '{"keys":[', end: "end" });
    expect(Number(/content-length: (\d+)/i.exec(head)?.[1])).toBeGreaterThan(100);
  });

  it("sends the header alone, when nothing of the body is to get through", async () => {
    const { text } = await listenRaw({ fault: "truncated_body", afterBytes: 0 });

    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]+\r\n\r\n$/);
  });

  it("never sends the whole of a body that it cuts", async () => {
    const { text, end } = await listenRaw({ fault: "truncated_body", afterBytes: 1_000_000 });

    expect(text).toMatch(/\}\]$/);
    expect(end).toBe("end");
  });

  it("breaks a TLS connection too", async () => {
    const { sandbox, register, send } = await createTlsSetting();
    await register({
      tokenEndpointAuthMethod: "client_secret_post",
      secret: "partner_Vb8qLm3XfT6kYz2WnD7rHc5jPs9gUa4e",
    });
    sandbox.faults.add({ fault: "connection_reset", times: 1 });

    await expect(send()).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect((await send()).status).toBe(401);
  });

  it("keeps a closing sandbox no longer than other requests do", async () => {
    const { sandbox, send } = await setUpFaults("over a socket", [
      { fault: "delay", delayMs: 600_000 },
    ]);
    const waiting = see(send(jwksPath));
    await vi.waitFor(() => expect(sandbox.faults.list()).toMatchObject([{ hits: 1 }]));

    await sandbox.close();

    expect((await waiting).kind).toBe("no answer");
  });
});

describe.each(ways)("a bad delivery, reached %s", (way) => {
  it("FLT-01 FLT-02 TST-02 has the codes that fetch knows broken connections by", async () => {
    const { sandbox, send } = await setUpFaults(way);
    sandbox.faults.add({ fault: "connection_reset", times: 1 });
    sandbox.faults.add({ fault: "empty_answer", after: 1, times: 1 });
    sandbox.faults.add({ fault: "truncated_body", after: 2, times: 1 });

    const seen = [];
    for (let turn = 0; turn < 3; turn += 1) {
      const outcome = await see(send(jwksPath));
      if (outcome.kind === "answer") throw new Error("it was answered");
      const { name, message, cause } = outcome.error;
      seen.push([outcome.kind, name, message, (cause as NodeJS.ErrnoException).code]);
    }

    expect(seen).toEqual([
      ["no answer", "TypeError", "fetch failed", "ECONNRESET"],
      ["no answer", "TypeError", "fetch failed", "UND_ERR_SOCKET"],
      ["broken body", "TypeError", "terminated", "UND_ERR_SOCKET"],
    ]);
  });

  it("lets through what comes before a cut", async () => {
    const { send } = await setUpFaults(way, [{ fault: "truncated_body", afterBytes: 9 }]);
    const { body } = await send(jwksPath);
    const reader = body!.getReader();

    const first = await reader.read();

    expect(Buffer.from(first.value ?? []).toString()).toBe('{"keys":[');
    await expect(reader.read()).rejects.toThrow("terminated");
  });

  it("FLT-01 drips a body in pieces, and whole", async () => {
    const { send } = await setUpFaults(way, [{ fault: "slow_drip", chunkBytes: 64, everyMs: 1 }]);

    const pieces: Uint8Array[] = [];
    for await (const piece of (await send(jwksPath)).body!) pieces.push(piece);

    expect(pieces.length).toBeGreaterThan(1);
    expect(JSON.parse(Buffer.concat(pieces).toString())).toHaveProperty("keys");
  });

  it("drips, and then breaks off", async () => {
    const { send } = await setUpFaults(way, [
      { fault: "slow_drip", chunkBytes: 4, everyMs: 1 },
      { fault: "truncated_body", afterBytes: 16 },
    ]);

    expect((await see(send(jwksPath))).kind).toBe("broken body");
  });

  it("is given up by whoever has waited long enough", async () => {
    const { send } = await setUpFaults(way, [{ fault: "delay", delayMs: 600_000 }]);

    const seen = await see(send(jwksPath, { signal: AbortSignal.timeout(20) }));

    expect(seen).toMatchObject({ kind: "no answer", error: { name: "TimeoutError" } });
  });

  it("is given up in the midst of a body", async () => {
    const { send } = await setUpFaults(way, [
      { fault: "slow_drip", chunkBytes: 1, everyMs: 600_000 },
    ]);
    const stop = new AbortController();
    const response = await send(jwksPath, { signal: stop.signal });
    const reading = response.text();
    await setTimeout(5);

    stop.abort();

    await expect(reading).rejects.toMatchObject({ name: "AbortError" });
  });

  it("leaves an answer without a body as it is", async () => {
    const { sandbox, send } = await setUpFaults(way, [
      { fault: "slow_drip" },
      { fault: "truncated_body" },
    ]);

    const response = await send(jwksPath, { method: "HEAD" });

    expect({ status: response.status, text: await response.text() }).toEqual({
      status: 200,
      text: "",
    });
    expect(sandbox.faults.list().map(({ hits }) => hits)).toEqual([0, 0]);
  });
});

describe("a sandbox that closes while an answer is on its way", () => {
  const slow = {
    delay: { fault: "delay", delayMs: 300 },
    drip: { fault: "slow_drip", chunkBytes: 60, everyMs: 60 },
  } as const;

  it.each(["delay", "drip"] as const)(
    "ends the connection with it, and is not kept by a client that would go on: %s",
    async (kind) => {
      const { sandbox } = await setUpFaults("over a socket", [slow[kind]]);
      const agent = new Agent({ keepAlive: true });
      onTestFinished(() => agent.destroy());
      const asked = get(sandbox.issuer + jwksPath, { agent });
      const answered = once(asked, "response") as Promise<[IncomingMessage]>;
      await expect.poll(() => sandbox.requests.count()).toBe(1);
      if (kind === "drip") await answered;

      const closed = sandbox.close().then(() => "closed");
      const [response] = await answered;
      const body = await json(response);

      expect(body).toHaveProperty("keys");
      expect(response.headers.connection).toBe(kind === "drip" ? "keep-alive" : "close");
      // Connections without a request are cut after two seconds.
      expect(await Promise.race([closed, setTimeout(1500, "open")])).toBe("closed");
    },
  );
});

describe("a sandbox that is asked for data", () => {
  it("says how the answer is to be delivered, and which rules had a part in it", async () => {
    const sandbox = await createSandbox({ additionalAlgorithms: [] });
    sandbox.faults.add({ fault: "delay", delayMs: 5, id: "slow" });
    sandbox.faults.add({ fault: "server_error", id: "down" });

    const response = await sandbox.handle({
      method: "GET",
      target: jwksPath,
      headers: [],
      body: new Uint8Array(),
      peer: { address: "127.0.0.1", secure: false },
    });

    expect(response).toMatchObject({
      status: 503,
      delivery: { delayMs: 5 },
      faults: ["down", "slow"],
    });
  });
});
