import { Agent, request } from "node:http";
import type { Duplex } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";

import type { Sandbox } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";

const jwksPath = "/.well-known/jwks.json";
const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

async function setUp(): Promise<Sandbox> {
  const sandbox = await createSandbox({ additionalAlgorithms: [] });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

/** Resolves to all that arrives until the other side ends, and to how it ended. */
function readToEnd(connection: Duplex): Promise<{ readonly text: string; readonly end: string }> {
  const chunks: Buffer[] = [];
  const events: string[] = [];
  connection.on("data", (chunk: Buffer) => chunks.push(chunk));
  connection.on("end", () => {
    events.push("end");
    connection.destroy();
  });
  connection.on("error", (error: NodeJS.ErrnoException) => events.push(error.code ?? "error"));
  return new Promise((resolve) => {
    connection.on("close", () =>
      resolve({ text: Buffer.concat(chunks).toString(), end: events.join() }),
    );
  });
}

describe("a connection without a port", () => {
  it("serves the http module of Node by its agent", async () => {
    const sandbox = await setUp();
    const agent = new Agent({ keepAlive: false });
    const connection = await sandbox.connect();
    agent.createConnection = () => connection;

    const status = await new Promise((resolve, reject) => {
      const sent = request(sandbox.issuer + jwksPath, { agent }, (answer) => {
        answer.resume().on("end", () => resolve(answer.statusCode));
      });
      sent.on("error", reject).end();
    });

    expect(status).toBe(200);
  });

  it("answers requests that are sent in one go, in their order", async () => {
    const sandbox = await setUp();
    const connection = await sandbox.connect();
    const reading = readToEnd(connection);

    connection.write(get(jwksPath) + get("/nowhere"));
    await sandbox.requests.waitFor({}, { count: 2 });
    await sandbox.close();
    const { text, end } = await reading;

    expect([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual([
      "200",
      "404",
    ]);
    expect(end).toBe("end");
  });

  it("answers what is no HTTP as a port does, and ends", async () => {
    const sandbox = await setUp();
    const connection = await sandbox.connect();
    const reading = readToEnd(connection);

    connection.write("\r\n no HTTP\r\n\r\n");
    const { text, end } = await reading;

    expect(text).toMatch(/^HTTP\/1\.1 400 [^]*"error":"invalid_request"/);
    expect(end).toBe("end");
  });

  it.each(["says nothing", "sends half a header"])(
    "keeps no sandbox open that is closed, when it %s",
    async (name) => {
      const sandbox = await setUp();
      const connection = await sandbox.connect();
      const reading = readToEnd(connection);
      if (name !== "says nothing") connection.write("GET / HTTP/1.1\r\nHo");

      await sandbox.close();

      expect(await reading).toEqual({ text: "", end: "end" });
      await expect(sandbox.connect()).rejects.toMatchObject({ code: "ERR_OAUTH_CONFIG" });
    },
  );

  it("answers what is in flight before the sandbox is closed", async () => {
    const sandbox = await setUp();
    sandbox.faults.add({ fault: "delay", delayMs: 50 });
    const connection = await sandbox.connect();
    const reading = readToEnd(connection);
    connection.write(get(jwksPath));
    await sandbox.requests.waitFor({ endpoint: "jwks" });

    await sandbox.close();

    expect((await reading).text).toMatch(/^HTTP\/1\.1 200 /);
  });
});
