import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import {
  Agent,
  fetch as undiciFetch,
  getGlobalDispatcher,
  request,
  setGlobalDispatcher,
  upgrade,
} from "undici";
import { describe, expect, it, onTestFinished } from "vitest";

import type { Sandbox, SandboxOptions } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import type { SandboxDispatcherOptions } from "@credicorp/oauth-mock-server/undici";
import { createSandboxDispatcher } from "@credicorp/oauth-mock-server/undici";

import { createTlsSetting } from "../support/tls-sandbox.ts";
import { tokenRequest } from "../support/requests.ts";

const tokenPath = "/partner/v1/oauth/token";
const jwksPath = "/.well-known/jwks.json";

interface Setting {
  readonly sandbox: Sandbox;
  readonly dispatcher: Dispatcher;
}

async function setUp(
  options: SandboxDispatcherOptions = {},
  sandboxOptions: SandboxOptions = {},
): Promise<Setting> {
  const sandbox = await createSandbox({ additionalAlgorithms: [], ...sandboxOptions });
  onTestFinished(() => sandbox.close());
  const dispatcher = createSandboxDispatcher(sandbox, options);
  onTestFinished(() => dispatcher.close());
  return { sandbox, dispatcher };
}

/** Makes a dispatcher that of all `fetch` in this process, for the rest of the test. */
function makeGlobal(dispatcher: Dispatcher): void {
  const before = getGlobalDispatcher();
  setGlobalDispatcher(dispatcher);
  onTestFinished(() => setGlobalDispatcher(before));
}

/** Starts another server, which takes upgrades too; resolves to its origin. */
async function startOther(): Promise<string> {
  const server = createServer((_request, response) => void response.end("other"));
  server.on("upgrade", (_request, socket) => {
    socket.end("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Sends by a dispatcher: the types of undici's and of Node's are those of different versions. */
const fetchBy = (dispatcher: Dispatcher, url: string, init: RequestInit = {}): Promise<Response> =>
  fetch(url, { ...init, dispatcher } as unknown as RequestInit);

/** Says by its code why something failed. */
async function reasonOf(failing: Promise<unknown>): Promise<string> {
  const error = (await failing.then(
    () => new Error("it did not fail"),
    (reason: unknown) => reason,
  )) as Error;
  const { cause = error } = error;
  return (cause as { readonly code?: string }).code ?? (cause as Error).message;
}

/** Sends the headers of an upgrade, and says by its code why it failed. */
const refuseUpgrade = (origin: string, dispatcher: Dispatcher): Promise<string> =>
  reasonOf(upgrade(origin + jwksPath, { dispatcher, protocol: "echo" }));

describe("the sandbox as a dispatcher", () => {
  it.each([
    { name: "Node's fetch", send: globalThis.fetch },
    { name: "undici's fetch", send: undiciFetch as unknown as typeof fetch },
  ])("TST-02 is reached by $name, once it is the global dispatcher", async ({ send }) => {
    const { sandbox, dispatcher } = await setUp();
    makeGlobal(dispatcher);
    const partner = sandbox.clients.get("partner-basic");

    const response = await send(sandbox.issuer + tokenPath, tokenRequest(partner));

    expect(await response.json()).toMatchObject({ token_type: "Bearer", expires_in: 900 });
    expect(sandbox.requests.count({ endpoint: "token", clientId: "partner-basic" })).toBe(1);
  });

  it.each(["string", "bytes", "stream", "form"] as const)(
    "takes a %s as the body",
    async (form) => {
      const { sandbox, dispatcher } = await setUp();
      const { id, secret } = sandbox.clients.get("partner-post");
      const text = `grant_type=client_credentials&client_id=${id}&client_secret=${secret}`;
      const bodies = {
        string: text,
        bytes: Buffer.from(text),
        stream: Readable.from([text.slice(0, 20), text.slice(20)]),
        form: new URLSearchParams(text).toString(),
      };

      const { statusCode, body } = await request(sandbox.issuer + tokenPath, {
        dispatcher,
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: bodies[form],
      });

      expect([statusCode, await body.json()]).toMatchObject([200, { token_type: "Bearer" }]);
    },
  );

  it("TST-03 refuses other origins, so that a test that goes astray does not reach the network", async () => {
    const { dispatcher } = await setUp();
    const other = await startOther();

    const sent = fetchBy(dispatcher, other);

    expect(await reasonOf(sent)).toBe("ERR_OAUTH_CONFIG");
    await expect(sent).rejects.toHaveProperty(
      "cause.message",
      `This dispatcher sends to http://localhost only, and not to ${other}`,
    );
  });

  it("TST-03 passes on what is for others when it is told to whom, upgrades too", async () => {
    const network = new Agent();
    onTestFinished(() => network.close());
    const { sandbox, dispatcher } = await setUp({ otherwise: network });
    const other = await startOther();

    const [fromOther, fromSandbox] = await Promise.all([
      fetchBy(dispatcher, other),
      fetchBy(dispatcher, sandbox.issuer + jwksPath),
    ]);
    const { headers, socket } = await upgrade(other, { dispatcher, protocol: "echo" });
    socket.destroy();

    expect(await fromOther.text()).toBe("other");
    expect(await fromSandbox.json()).toMatchObject({ keys: [{ kty: "EC" }] });
    expect(headers).toMatchObject({ upgrade: "echo" });
    expect(sandbox.requests.count()).toBe(1);
  });

  it("TST-02 leaves an upgrade unheard, as a sandbox that listens does", async () => {
    const { sandbox, dispatcher } = await setUp();
    const network = new Agent();
    onTestFinished(() => network.close());

    const within = await refuseUpgrade(sandbox.issuer, dispatcher);
    const { url } = await sandbox.listen();

    expect(within).toBe(await refuseUpgrade(url, network));
    expect(within).toBe("UND_ERR_SOCKET");
  });

  it("TST-02 ends a request that is aborted while it is delayed", async () => {
    const { sandbox, dispatcher } = await setUp();
    sandbox.faults.add({ fault: "delay", delayMs: 600_000 });
    const abort = new AbortController();

    const { signal } = abort;
    const sent = fetchBy(dispatcher, sandbox.issuer + jwksPath, { signal });
    await sandbox.requests.waitFor({ endpoint: "jwks" });
    abort.abort();

    await expect(sent).rejects.toMatchObject({ name: "AbortError" });
  });

  it("TST-02 streams an answer that drips", async () => {
    const { sandbox, dispatcher } = await setUp();
    sandbox.faults.add({ fault: "slow_drip", chunkBytes: 10, everyMs: 5, times: 1 });

    const { body } = await request(sandbox.issuer + jwksPath, { dispatcher });
    const pieces: Buffer[] = [];
    for await (const piece of body) pieces.push(piece as Buffer);

    expect(pieces.length).toBeGreaterThan(5);
    expect(JSON.parse(Buffer.concat(pieces).toString())).toHaveProperty("keys");
  });

  it("uses a connection again after a bad delivery on another", async () => {
    const { sandbox, dispatcher } = await setUp();
    sandbox.faults.add({ fault: "connection_reset", times: 3 });
    const ask = (): Promise<Response> => fetchBy(dispatcher, sandbox.issuer + jwksPath);

    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, ask));

    // undici sends again, by itself, what a connection lost before it was answered.
    expect(outcomes.some(({ status }) => status === "rejected")).toBe(true);
    expect((await ask()).status).toBe(200);
  });

  it("TST-04 keeps twenty sandboxes apart in one process", async () => {
    const settings = await Promise.all(Array.from({ length: 20 }, () => setUp()));

    await Promise.all(
      settings.map(async ({ sandbox, dispatcher }, index) => {
        for (let turn = 0; turn <= index; turn += 1) {
          const init = tokenRequest(sandbox.clients.get("partner-basic"));
          await fetchBy(dispatcher, sandbox.issuer + tokenPath, init);
        }
      }),
    );

    const counts = settings.map(({ sandbox }) => sandbox.requests.count({ status: 200 }));
    expect(counts).toEqual(settings.map((_, index) => index + 1));
  });

  it("reaches the namespaces of a sandbox, and each has its own journal", async () => {
    const { sandbox, dispatcher } = await setUp();
    await using namespace = await sandbox.namespaces.create("other");

    const init = tokenRequest(namespace.clients.get("partner-basic"));
    const response = await fetchBy(dispatcher, namespace.issuer + tokenPath, init);

    expect(response.status).toBe(200);
    expect([namespace.requests.count(), sandbox.requests.count()]).toEqual([1, 0]);
  });

  it("follows the issuer when the sandbox begins to listen", async () => {
    const { sandbox, dispatcher } = await setUp();
    const { url } = await sandbox.listen();

    const response = await fetchBy(dispatcher, url + jwksPath);

    expect(response.status).toBe(200);
    expect(await reasonOf(fetchBy(dispatcher, "http://localhost/"))).toBe("ERR_OAUTH_CONFIG");
  });

  it("reaches an issuer on https without a certificate", async () => {
    const { sandbox } = await createTlsSetting();
    const dispatcher = createSandboxDispatcher(sandbox);
    onTestFinished(() => dispatcher.close());

    const response = await fetchBy(dispatcher, sandbox.issuer + jwksPath);

    expect(sandbox.issuer).toMatch(/^https:/);
    expect(response.status).toBe(200);
  });

  it("fails when the sandbox is closed", async () => {
    const { sandbox, dispatcher } = await setUp();
    await sandbox.close();

    const sent = fetchBy(dispatcher, sandbox.issuer + jwksPath);

    expect(await reasonOf(sent)).toBe("ERR_OAUTH_CONFIG");
  });
});
