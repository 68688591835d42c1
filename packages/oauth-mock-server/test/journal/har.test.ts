import type { Har, Sandbox } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";

import { sendTo, tokenRequest } from "../support/requests.ts";

const tokenPath = "/partner/v1/oauth/token";
const pair = z.strictObject({ name: z.string(), value: z.string() });
const size = z.int().min(-1);
const own = z.string().optional();

/** HAR 1.2 as it is written; of members beside it, only those with an underscore are allowed. */
const archive = z.strictObject({
  log: z.strictObject({
    version: z.literal("1.2"),
    creator: z.strictObject({ name: z.string().min(1), version: z.string().min(1) }),
    entries: z.array(
      z.strictObject({
        startedDateTime: z.iso.datetime(),
        time: z.number().min(0),
        request: z.strictObject({
          method: z.string().min(1),
          url: z.url(),
          httpVersion: z.enum(["HTTP/1.0", "HTTP/1.1", "unknown"]),
          cookies: z.array(z.never()),
          headers: z.array(pair),
          queryString: z.array(pair),
          postData: z
            .strictObject({ mimeType: z.string(), params: z.array(pair), text: z.string() })
            .optional(),
          headersSize: size,
          bodySize: size,
        }),
        response: z.strictObject({
          status: z.int().min(100).max(599),
          statusText: z.string().min(1),
          httpVersion: z.enum(["HTTP/1.1", "unknown"]),
          cookies: z.array(z.never()),
          headers: z.array(pair),
          content: z.strictObject({ size: z.int().min(0), mimeType: z.string(), text: z.string() }),
          redirectURL: z.string(),
          headersSize: size,
          bodySize: size,
        }),
        cache: z.strictObject({}),
        timings: z.strictObject({ send: z.number(), wait: z.number(), receive: z.number() }),
        _requestId: own,
        _clientId: own,
        _why: own,
      }),
    ),
  }),
});

async function setUp(): Promise<Sandbox> {
  const sandbox = await createSandbox({ additionalAlgorithms: [] });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

function entriesOf(sandbox: Sandbox): Har["log"]["entries"] {
  return sandbox.requests.toHar().log.entries;
}

describe("an archive", () => {
  it("is valid, whatever is in it", async () => {
    const sandbox = await setUp();
    const client = sandbox.clients.get("partner-basic");
    await sandbox.fetch(`${tokenPath}?a=b&c&=d`, tokenRequest(client));
    await sandbox.fetch(tokenPath, { method: "POST", body: "{}" });
    await sandbox.fetch("/nowhere", { method: "HEAD" });
    const { headers } = await sandbox.fetch("/.well-known/jwks.json");
    await sandbox.fetch("/.well-known/jwks.json", {
      headers: { "if-none-match": headers.get("etag") ?? "" },
    });

    const har: unknown = JSON.parse(JSON.stringify(sandbox.requests.toHar()));

    expect(archive.safeParse(har).error).toBeUndefined();
    expect(entriesOf(sandbox).map(({ time, timings }) => time - timings.wait)).toEqual(
      Array.from({ length: 5 }, () => 0),
    );
    expect(entriesOf(sandbox).map(({ response }) => response.statusText)).toEqual([
      "OK",
      "Bad Request",
      "Not Found",
      "OK",
      "Not Modified",
    ]);
  });

  it("has sizes in bytes, those that were sent, whatever is shown of them", async () => {
    const sandbox = await setUp();
    sandbox.faults.add({ fault: "html_page", times: 1 });
    const client = sandbox.clients.get("partner-basic");
    const sizes: number[] = [];
    for (const body of ["scope=%E2%82%AC", "{€}", "x=y"]) {
      const init = { ...tokenRequest(client), body };
      sizes.push((await (await sandbox.fetch(tokenPath, init)).arrayBuffer()).byteLength);
    }
    const token = await sandbox.fetch(tokenPath, tokenRequest(client));
    sizes.push((await token.arrayBuffer()).byteLength);
    await sandbox.fetch(tokenPath, { method: "HEAD" });
    sizes.push(0);
    sandbox.faults.add({ fault: "truncated_body", endpoint: "jwks" });
    const cut = await sandbox.fetch("/.well-known/jwks.json");
    await cut.arrayBuffer().catch(() => undefined);

    const entries = entriesOf(sandbox);

    expect(entries.slice(0, 5).map(({ response }) => response.bodySize)).toEqual(sizes);
    expect(entries.map(({ response }) => response.content.size)).toEqual(
      entries.map(({ response }) => response.bodySize),
    );
    expect(entries.slice(0, 3).map(({ request }) => request.bodySize)).toEqual([15, 5, 3]);
    const last = entries.at(-1)?.response;
    expect(last?.bodySize).toBeGreaterThan(0);
    expect(last?.bodySize).toBeLessThan(Buffer.byteLength(last?.content.text ?? ""));
  });

  it("names this package and its version, by the admin API too", async () => {
    const sandbox = await setUp();
    const manifest = await readFile(new URL("../../package.json", import.meta.url), "utf8");
    const { name, version } = JSON.parse(manifest) as Record<string, string>;
    const headers = { authorization: `Bearer ${sandbox.adminToken}` };

    const exported = await sandbox.fetch("/admin/v1/requests/har", { headers });

    expect(sandbox.requests.toHar().log.creator).toEqual({ name, version });
    expect(await exported.json()).toMatchObject({ log: { creator: { name, version } } });
  });

  it("has the version of HTTP that was spoken, and none where none was", async () => {
    const sandbox = await setUp();
    await sandbox.fetch("/nowhere");
    const { url } = await sandbox.listen({ port: 0 });
    await sendTo(url, { path: "/nowhere", headers: ["Host", new URL(url).host] });
    await new Promise<void>((resolve, reject) => {
      const { hostname, port, host } = new URL(url);
      const socket = connect(Number(port), hostname);
      socket.on("error", reject).on("close", () => resolve());
      socket.resume().end(`GET /nowhere HTTP/1.0\r\nHost: ${host}\r\n\r\n`);
    });

    const versions = entriesOf(sandbox).map(({ request, response }) => [
      request.httpVersion,
      response.httpVersion,
    ]);

    expect(versions).toEqual([
      ["unknown", "unknown"],
      ["HTTP/1.1", "HTTP/1.1"],
      ["HTTP/1.0", "HTTP/1.1"],
    ]);
  });
});
