import { gzipSync } from "node:zlib";

import { describe, expect, it, onTestFinished, vi } from "vitest";

import type { GuardedTransportOptions } from "../src/client-keys/guarded-transport.ts";
import { createGuardedTransport } from "../src/client-keys/guarded-transport.ts";
import type { KeyHost, KeyHostAnswer } from "./support/key-host.ts";
import { startKeyHost } from "./support/key-host.ts";

interface Setting {
  readonly host: KeyHost;

  /** Asks for `/jwks.json`, and tells the status or the kind of failure. */
  readonly get: (url?: string, signal?: AbortSignal) => Promise<number | string>;
}

async function setUp(options: GuardedTransportOptions = {}): Promise<Setting> {
  const host = await startKeyHost();
  host.published.set("/jwks.json", []);
  const transport = createGuardedTransport({
    allowPrivateAddresses: true,
    trustedCertificates: [host.certificate],
    ...options,
  });
  return {
    host,
    get: async (url = `https://127.0.0.1:${host.port}/jwks.json`, signal) => {
      const result = await transport(
        { method: "GET", url, headers: [["Accept", "application/json"]] },
        { timeoutMs: 500, maxBodyBytes: 1000, ...(signal !== undefined && { signal }) },
      );
      return result.ok ? result.value.status : result.failure.kind;
    },
  };
}

/** A resolver whose answers come in turn, the last again and again. */
function resolver(...answers: readonly (readonly string[])[]) {
  let count = 0;
  return {
    count: () => count,
    resolve: async () => {
      const answer = answers[Math.min(count, answers.length - 1)] ?? [];
      count += 1;
      return answer.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
    },
  };
}

describe("guarded transport", () => {
  it("reads an answer over https, by address and by name", async () => {
    const { host, get } = await setUp();

    expect(await get()).toBe(200);
    expect(await get(`https://localhost:${host.port}/jwks.json`)).toBe(200);
    expect(await get(`https://localhost:${host.port}/other`)).toBe(404);
  });

  it.each<[string, KeyHostAnswer]>([
    ["301", (response) => void response.writeHead(301, { Location: "/moved" }).end()],
    ["307", (response) => void response.writeHead(307, { Location: "/moved" }).end()],
  ])("ATK-18 follows no redirect: %s", async (status, answer) => {
    const { host, get } = await setUp();
    host.answer = answer;

    expect(await get()).toBe(Number(status));
    expect(host.requests).toEqual(["/jwks.json"]);
  });

  it.each<[string, string, KeyHostAnswer]>([
    ["too much", "too_large", (response) => void response.end(Buffer.alloc(1001))],
    [
      "endless",
      "too_large",
      (response) => {
        const timer = setInterval(() => response.write(Buffer.alloc(100)), 1);
        response.on("close", () => clearInterval(timer));
      },
    ],
    ["no answer", "timeout", () => undefined],
    [
      "a slow trickle",
      "timeout",
      (response) => {
        const timer = setInterval(() => response.write(" "), 50);
        response.on("close", () => clearInterval(timer));
      },
    ],
    [
      "an answer that breaks off",
      "network",
      (response) => {
        response.writeHead(200, { "Content-Length": "100" });
        response.write("{");
        setTimeout(() => response.destroy(), 20);
      },
    ],
    [
      "a header of 100 KB",
      "network",
      (response) => {
        response.writeHead(200, { "X-Large": "x".repeat(100_000) }).end();
      },
    ],
  ])("ATK-18 ends with a failure on %s", async (_name, kind, answer) => {
    const { host, get } = await setUp();
    host.answer = answer;
    const started = performance.now();

    expect(await get()).toBe(kind);
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it("ATK-18 counts the bytes on the wire, as it unpacks nothing", async () => {
    const { host, get } = await setUp();
    host.answer = (response) => {
      response.setHeader("Content-Encoding", "gzip");
      response.end(gzipSync(Buffer.alloc(100_000)));
    };

    expect(await get()).toBe(200);
  });

  it("ends when it is told to", async () => {
    const { host, get } = await setUp();
    host.answer = () => undefined;
    const controller = new AbortController();
    const pending = get(undefined, controller.signal);
    await expect.poll(() => host.requests).toHaveLength(1);
    controller.abort();

    expect(await pending).toBe("aborted");
    expect(await get(undefined, controller.signal)).toBe("aborted");
  });
});

describe("guarded transport against forged destinations", () => {
  it.each(["https://127.0.0.1", "https://localhost", "https://0x7f.1", "https://[::1]"])(
    "ATK-14 refuses %s unless private addresses are allowed, and opens no connection",
    async (origin) => {
      const { host, get } = await setUp({ allowPrivateAddresses: false });

      expect(await get(`${origin}:${host.port}/jwks.json`)).toBe("network");
      expect(host.connections()).toBe(0);
    },
  );

  it.each([
    ["private", ["10.0.0.1"]],
    ["loopback", ["127.0.0.1"]],
    ["link-local", ["169.254.169.254"]],
    ["CGNAT", ["100.64.0.1"]],
    ["IPv4-mapped", ["::ffff:127.0.0.1"]],
    ["unique-local", ["fd00::1"]],
    ["one of several", ["2600::1", "1.1.1.1", "127.0.0.1"]],
    ["none", []],
  ])("ATK-14 refuses a name whose address is %s", async (_name, addresses) => {
    const { resolve } = resolver(addresses);
    const { host, get } = await setUp({ allowPrivateAddresses: false, resolve });

    expect(await get(`https://keys.partner.example:${host.port}/jwks.json`)).toBe("network");
    expect(host.connections()).toBe(0);
  });

  it("ATK-14 connects to the address that was checked: a name that moves gains nothing", async () => {
    const moving = resolver(["127.0.0.1"], ["169.254.169.254"]);
    const { host, get } = await setUp({ resolve: moving.resolve });
    const url = `https://keys.partner.example:${host.port}/jwks.json`;

    expect(await get(url)).toBe(200);
    expect(moving.count()).toBe(1);
    expect(await get(url)).toBe("network");
    expect(moving.count()).toBe(2);
    expect(host.connections()).toBe(1);
  });

  it("ATK-14 sends nothing over plain http, and no credentials of a URL", async () => {
    const { host, get } = await setUp();

    expect(await get(`http://127.0.0.1:${host.port}/jwks.json`)).toBe("network");
    expect(await get(`https://user:secret@127.0.0.1:${host.port}/jwks.json`)).toBe("network");
    expect(host.connections()).toBe(0);
  });

  it("ATK-14 trusts no certificate that it was not told to, whatever the environment says", async () => {
    const { get } = await setUp({ trustedCertificates: undefined });
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    vi.spyOn(process, "emitWarning").mockReturnValue();
    onTestFinished(() => {
      vi.unstubAllEnvs();
      vi.restoreAllMocks();
    });

    expect(await get()).toBe("network");
  });

  it("ATK-14 refuses a certificate for another name", async () => {
    const { resolve } = resolver(["127.0.0.1"]);
    const { host, get } = await setUp({ resolve });

    expect(await get(`https://other.partner.example:${host.port}/jwks.json`)).toBe("network");
    expect(host.requests).toEqual([]);
  });
});
