import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";

import type { AuditEvent } from "@credicorp/oauth-core/authorization-server";
import type { Sandbox, SandboxOptions } from "@credicorp/oauth-mock-server";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import { createSandbox } from "@credicorp/oauth-mock-server";

import { basic } from "./support/requests.ts";

const path = "/partner/v1/oauth/token";
const start = `POST ${path} HTTP/1.1\r\nHost: hub.example.com\r\n`;
const type = "Content-Type: application/x-www-form-urlencoded\r\n";
const body = "grant_type=client_credentials";
const length = `Content-Length: ${body.length}\r\n`;
const chunked = "Transfer-Encoding: chunked\r\n";
const end = "Connection: close\r\n\r\n";

interface Setup {
  readonly sandbox: Sandbox;
  readonly events: AuditEvent[];

  /** The credentials of a client, as a header line. */
  readonly authorization: string;

  /** Sends bytes as they are, and returns all that comes back until the connection ends. */
  readonly send: (text: string) => Promise<string>;
}

async function setUp(options: SandboxOptions = {}): Promise<Setup> {
  const events: AuditEvent[] = [];
  const sandbox = await createSandbox({
    additionalAlgorithms: [],
    allowedHosts: ["hub.example.com"],
    audit: (event) => events.push(event),
    ...options,
  });
  onTestFinished(() => sandbox.close());
  const { url } = await sandbox.listen();
  return {
    sandbox,
    events,
    authorization: `Authorization: ${basic(sandbox.clients.get("partner-basic"))}\r\n`,
    send: async (text) => {
      const socket = connect(Number(new URL(url).port), "127.0.0.1");
      onTestFinished(() => void socket.destroy());
      socket.on("error", () => undefined);
      let answer = "";
      socket.on("data", (data: Buffer) => (answer += data.toString("latin1")));
      socket.write(text, "latin1");
      await once(socket, "close");
      return answer;
    },
  };
}

/** The status of each answer that is in a text. */
function statusesOf(answer: string): number[] {
  return [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
}

describe("a request that two readers could understand differently", () => {
  it.each([
    ["both lengths, the chunks first", type + length + chunked, "0\r\n\r\n"],
    ["both lengths, the chunks last", type + chunked + length, body],
    ["another coding than chunked", `${type}Transfer-Encoding: xchunked\r\n`, body],
    ["chunked and then another", `${type + chunked}Transfer-Encoding: identity\r\n`, "0\r\n\r\n"],
    ["chunked behind a tab and a line", `${type}Transfer-Encoding:\r\n\tchunked\r\n`, "0\r\n\r\n"],
    ["two lengths", `${type + length}Content-Length: 3\r\n`, body],
    ["two lengths that are equal", type + length + length, body],
    ["a negative length", `${type}Content-Length: -1\r\n`, body],
    ["a length with a sign", `${type}Content-Length: +${body.length}\r\n`, body],
    ["a folded field", `Content-Type:\r\n application/x-www-form-urlencoded\r\n${length}`, body],
    ["a space before a colon", `${type}Content-Length : ${body.length}\r\n`, body],
    ["NUL in a field", `${type + length}X-A: a\0b\r\n`, body],
    ["CR in a field", `${type + length}X-A: a\rb\r\n`, body],
    ["a field without a name", `${type + length}: b\r\n`, body],
  ])(
    "ATK-46 HTTP-06 is refused, and nothing behind it is read: %s",
    async (_name, fields, sent) => {
      const { authorization, events, send } = await setUp();
      const smuggled = `GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n`;

      const answer = await send(`${start + authorization + fields}\r\n${sent}${smuggled}`);

      expect(statusesOf(answer)).toEqual([400]);
      expect(answer).toContain('\r\n\r\n{"error":"invalid_request","error_description":"');
      expect(answer).toMatch(/^Cache-Control: no-store$/im);
      expect(answer).not.toContain("access_token");
      expect(events).toEqual([]);
    },
  );

  it.each([
    ["no host", `POST ${path} HTTP/1.1\r\n`, 400],
    ["two hosts", `${start}Host: other.example.com\r\n`, 400],
    ["two hosts that are equal", `${start}host: hub.example.com\r\n`, 400],
    ["an expectation that nobody meets", `${start}Expect: tea\r\n`, 417],
  ])("ATK-46 HTTP-06 is refused with %s", async (_name, first, status) => {
    const { authorization, events, send } = await setUp();

    const answer = await send(first + type + authorization + length + end + body);

    expect(statusesOf(answer)).toEqual([status]);
    expect(answer).toContain('\r\n\r\n{"error":"invalid_request","error_description":"');
    expect(answer).toMatch(/^Cache-Control: no-store$/im);
    expect(events).toEqual([]);
  });

  it("ATK-46 is refused behind the answers before it, and not within one of them", async () => {
    const { sandbox, authorization, send } = await setUp();
    const good = start + type + authorization + length;
    sandbox.faults.add({ fault: "slow_drip", endpoint: "token", chunkBytes: 400, everyMs: 20 });

    const answer = await send(`${good}\r\n${body}${good}\r\n${body}GARBAGE\r\n\r\n`);

    const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status);
    expect(statuses).toEqual(["200", "200", "400"]);
    const bodies = answer.split(/HTTP\/1\.1 \d{3} [^]+?\r\n\r\n/).slice(1);
    expect(bodies.map((text) => Object.keys(JSON.parse(text) as object)[0])).toEqual([
      "access_token",
      "access_token",
      "error",
    ]);
  });

  it.each(["0.9", "2.0"])("ATK-46 is refused when it says that it is HTTP/%s", async (version) => {
    const { sandbox, events, authorization, send } = await setUp();
    const head = `${start.replace("/1.1", `/${version}`) + authorization + type + length}${end}`;

    const answer = await send(head + body);

    expect(answer).toMatch(/^HTTP\/1\.1 505 /);
    expect(answer).toContain("X-Sandbox");
    expect(events).toEqual([]);
    expect(sandbox.requests.count()).toBe(0);
  });

  it("needs no host in HTTP/1.0, which knows none", async () => {
    const { authorization, send } = await setUp();
    const first = `POST ${path} HTTP/1.0\r\n`;

    expect(statusesOf(await send(first + type + authorization + length + end + body))).toEqual([
      200,
    ]);
  });

  it("HTTP-08 is answered with the date of the sandbox's clock", async () => {
    const { send } = await setUp({ clock: createControlledClock(1_700_000_000) });

    const answer = await send("EHLO example.com\r\n");

    expect(answer).toMatch(/^Date: Tue, 14 Nov 2023 22:13:20 GMT$/m);
  });

  it("ATK-46 HTTP-06 is refused with line feeds alone", async () => {
    const { authorization, send } = await setUp();
    const text = `${start + type + authorization + length}\r\n${body}`;

    expect(statusesOf(await send(text.replaceAll("\r\n", "\n")))).toEqual([400]);
  });

  it("HTTP-03 is refused with two media types, equal or not", async () => {
    const { authorization, events, send } = await setUp();

    for (const other of [type, "Content-Type: application/json\r\n"]) {
      const answer = await send(start + type + other + authorization + length + end + body);
      expect(statusesOf(answer)).toEqual([400]);
      expect(answer).toContain('{"error":"invalid_request"');
      expect(events.at(-1)).toMatchObject({ why: "media_type" });
    }
  });
});

describe("a request that is out of bounds", () => {
  it.each([
    ["a long field", `X-A: ${"a".repeat(20_000)}\r\n`],
    ["many fields", Array.from({ length: 2500 }, (_, index) => `X-${index}: a\r\n`).join("")],
  ])("HTTP-05 is refused with 431 for %s", async (_name, fields) => {
    const { authorization, events, send } = await setUp();

    const answer = await send(start + type + authorization + fields + length + end + body);

    expect(statusesOf(answer)).toEqual([431]);
    expect(answer).toContain('{"error":"invalid_request"');
    expect(events).toEqual([]);
  });

  it("HTTP-05 HTTP-10 is read whole, though it hides its last field behind thousands of others", async () => {
    const { authorization, events, send } = await setUp({ trustedProxies: ["127.0.0.1"] });
    // As a proxy does that appends a field of its own to those of the client.
    const forged = "X-Forwarded-Proto: https\r\nX-Forwarded-For: 192.0.2.1\r\n";
    const fields = `${forged + "a:\r\n".repeat(3000)}X-Forwarded-For: 198.51.100.7\r\n`;

    const answer = await send(start + type + authorization + length + fields + end + body);

    expect(statusesOf(answer)).toEqual([200]);
    expect(events[0]).toMatchObject({ address: "198.51.100.7" });
  });

  it.each([
    ["TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"],
    ["another protocol", "EHLO example.com\r\n"],
    ["HTTP/2 without upgrade", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  ])("is refused with 400 when it is %s, and the server lives on", async (_name, text) => {
    const { authorization, send } = await setUp();

    expect(statusesOf(await send(text))).toEqual([400]);
    const next = await send(start + type + authorization + length + end + body);
    expect(statusesOf(next)).toEqual([200]);
  });

  it("is not answered to a tunnel", async () => {
    const { send } = await setUp();

    const answer = await send(`CONNECT ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);

    expect(answer).toBe("");
  });

  it("AUTH-08 is an ordinary failure with bytes beyond ASCII in its credentials", async () => {
    const { send } = await setUp();

    const answer = await send(
      `${start + type}Authorization: Basic \xff\xfe\x80\r\n${length}${end}${body}`,
    );

    expect(statusesOf(answer)).toEqual([401]);
    expect(answer).toContain('{"error":"invalid_client"');
  });
});

describe("a request that says it is another", () => {
  it.each(["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])(
    "ATK-46 HTTP-02 is what its first line says, whatever %s says",
    async (name) => {
      const { authorization, events, send } = await setUp();
      const headers = `${type + authorization}${name}: POST\r\n${length}${end}`;

      const get = await send(start.replace("POST", "GET") + headers + body);
      const post = await send(start + headers.replace(": POST", ": GET") + body);

      expect(statusesOf(get)).toEqual([405]);
      expect(events[0]).toMatchObject({ why: "method_not_allowed" });
      expect(statusesOf(post)).toEqual([200]);
    },
  );

  it("ATK-46 HTTP-02 does nothing as HEAD or OPTIONS", async () => {
    const { authorization, events, send } = await setUp();

    for (const method of ["HEAD", "OPTIONS"]) {
      const answer = await send(
        start.replace("POST", method) + type + authorization + length + end + body,
      );
      expect(statusesOf(answer)).toEqual([405]);
      expect(answer).toMatch(/^Allow: POST$/m);
      expect(answer).not.toMatch(/access_token|access-control/i);
    }
    expect(events.map((event) => ("why" in event ? event.why : event.type))).toEqual([
      "method_not_allowed",
      "method_not_allowed",
    ]);
  });

  it("reads a chunked body, and no fields behind it", async () => {
    const { send } = await setUp();
    const text = `${body.length.toString(16)}\r\n${body}\r\n0\r\nAuthorization: Basic x\r\n\r\n`;

    const answer = await send(start + type + chunked + end + text);

    expect(statusesOf(answer)).toEqual([401]);
  });
});
