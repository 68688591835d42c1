import type { HeaderList } from "@credicorp/oauth-core";
import type { Sandbox, SandboxOptions } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { describe, expect, it, onTestFinished } from "vitest";

import type { RawAnswer } from "../support/requests.ts";
import { basic, sendTo } from "../support/requests.ts";

const tokenPath = "/partner/v1/oauth/token";
const jwksPath = "/.well-known/jwks.json";
const metadataPath = "/.well-known/oauth-authorization-server";

/** All kinds of routes; none of them is to be seen by a page of another site. */
const routes = [
  ["POST", tokenPath],
  ["POST", "/partner/v1/oauth/introspect"],
  ["POST", "/partner/v1/oauth/revoke"],
  ["GET", "/partner/v1/oauth/errors/invalid_client"],
  ["GET", "/partner/v1/oauth/explanations/x"],
  ["GET", "/healthz"],
  ["GET", "/readyz"],
  ["GET", "/nowhere"],
] as const;

interface Setup {
  readonly sandbox: Sandbox;
  readonly port: string;
  readonly send: (method: string, path: string, headers: readonly string[]) => Promise<RawAnswer>;
}

async function setUp(options: SandboxOptions = {}, host = "127.0.0.1"): Promise<Setup> {
  const sandbox = await createSandbox({ additionalAlgorithms: [], ...options });
  onTestFinished(() => sandbox.close());
  const { port } = new URL((await sandbox.listen({ host })).url);
  return {
    sandbox,
    port,
    send: (method, path, headers) => sendTo(`http://127.0.0.1:${port}`, { method, path, headers }),
  };
}

describe("Host", () => {
  it.each(routes)(
    "SAFE-03 a name that was led here by DNS reaches nothing: %s %s",
    async (method, path) => {
      const { send } = await setUp();

      const answer = await send(method, path, ["Host", "evil.example"]);

      expect(answer.status).toBe(421);
      expect(answer.headers["content-type"]).toBe("application/problem+json");
      expect(answer.headers["x-sandbox"]).toBe("credicorp-oauth-mock-server");
      expect(answer.body).not.toContain("evil");
    },
  );

  it.each([jwksPath, metadataPath])("SAFE-03 not even the document at %s", async (path) => {
    const { send } = await setUp();

    expect((await send("GET", path, ["Host", "evil.example"])).status).toBe(421);
  });

  it("SAFE-03 keeps the client's good credentials from being used by a name that is not ours", async () => {
    const { sandbox, port } = await setUp();
    const ask = (host: string): Promise<RawAnswer> =>
      sendTo(`http://127.0.0.1:${port}`, {
        method: "POST",
        path: tokenPath,
        headers: [
          "Host",
          host,
          "Authorization",
          basic(sandbox.clients.get("partner-basic")),
          "Content-Type",
          "application/x-www-form-urlencoded",
        ],
        body: "grant_type=client_credentials",
      });

    const refused = await ask("evil.example");
    const served = await ask("localhost");

    expect([refused.status, served.status]).toEqual([421, 200]);
    expect(refused.body).not.toContain("access_token");
    const noted = sandbox.requests.list({ endpoint: "token" });
    expect(noted.map(({ event }) => event?.type)).toEqual([undefined, "token_issued"]);
    expect(sandbox.requests.count({ status: 421 })).toBe(1);
  });

  it.each([
    "localhost",
    "LocalHost",
    "localhost:9400",
    "127.0.0.1",
    "127.0.0.1:1",
    "127.8.9.10",
    "[::1]",
    "[::1]:9400",
  ])("SAFE-03 %s is this machine", async (host) => {
    const { send } = await setUp();

    expect((await send("GET", jwksPath, ["Host", host])).status).toBe(200);
  });

  it.each([
    "localhost.evil.example",
    "evil.example:80",
    "localhost.",
    "localhost@evil.example",
    "evil.example#localhost",
    "localhost,evil.example",
    "localhost evil.example",
    "localhost:port",
    "127.0.0.1.evil.example",
    "127.0.0.1.nip.io",
    "0x7f.1",
    "2130706433",
    "[::1].evil.example",
    "[::1",
    "::1",
    "[::ffff:127.0.0.1]",
    "192.0.2.1",
    "0.0.0.0",
    "",
  ])("SAFE-03 %j is not", async (host) => {
    const { send } = await setUp();

    expect((await send("GET", jwksPath, ["Host", host])).status).toBe(421);
  });

  it("SAFE-03 may be the issuer's, or one that is configured, with any port and in any case", async () => {
    const { send } = await setUp({
      issuer: "https://hub.example.com",
      allowedHosts: ["Sandbox.test", "[fd00::1]"],
    });

    for (const host of ["hub.example.com", "HUB.example.com:443", "sandbox.test:9400", "[fd00::1]"])
      expect((await send("GET", jwksPath, ["Host", host])).status).toBe(200);
    expect((await send("GET", jwksPath, ["Host", "x.sandbox.test"])).status).toBe(421);
  });

  it("SAFE-03 may be any address, but no name, where the sandbox is reached from elsewhere", async () => {
    const { send } = await setUp({ allowInsecureHttp: true }, "0.0.0.0");

    expect((await send("GET", jwksPath, ["Host", "192.0.2.1:9400"])).status).toBe(200);
    expect((await send("GET", jwksPath, ["Host", "[2001:db8::1]"])).status).toBe(200);
    expect((await send("GET", jwksPath, ["Host", "evil.example"])).status).toBe(421);
  });

  it("SAFE-03 is what an absolute target says, whatever the field says", async () => {
    const { send } = await setUp();
    const status = async (target: string, host: string): Promise<number> =>
      (await send("GET", target, ["Host", host])).status;

    expect(await status(`http://evil.example${jwksPath}`, "localhost")).toBe(421);
    expect(await status(`http://user@localhost${jwksPath}`, "localhost")).toBe(421);
    expect(await status(`http://localhost:80${jwksPath}`, "evil.example")).toBe(200);
  });

  it("SAFE-03 SAFE-04 is neither of two that are sent, and no more is Origin", async () => {
    await using sandbox = await createSandbox();
    const status = async (headers: HeaderList): Promise<number> => {
      const asked = { method: "GET", target: "/healthz", headers, body: new Uint8Array() };
      const peer = { address: "127.0.0.1", secure: false };
      return (await sandbox.handle({ ...asked, peer })).status;
    };
    const ours = ["Origin", "http://localhost"] as const;
    const others = ["origin", "http://evil.example"] as const;

    expect(await status([["Host", "localhost"]])).toBe(200);
    for (const host of ["localhost", "evil.example"]) {
      expect(
        await status([
          ["Host", "evil.example"],
          ["host", host],
        ]),
      ).toBe(421);
      expect(
        await status([
          ["Host", host],
          ["host", "localhost"],
        ]),
      ).toBe(421);
    }
    expect(await status([["Host", "localhost"], ours])).toBe(200);
    expect(await status([["Host", "localhost"], others, ours])).toBe(403);
    expect(await status([["Host", "localhost"], ours, others])).toBe(403);
  });

  it.each(["http://sandbox.test", "sandbox.test:9400", "a b", "", "*"])(
    "SAFE-03 cannot be configured as %j",
    async (host) => {
      await expect(createSandbox({ allowedHosts: [host] })).rejects.toMatchObject({
        option: "allowedHosts[0]",
      });
    },
  );
});

describe("Origin", () => {
  it.each(routes)("SAFE-04 a page of another site gets nothing of %s %s", async (method, path) => {
    const { port, send } = await setUp();
    const host = ["Host", `localhost:${port}`];

    for (const origin of ["https://evil.example", "null", "http://localhost:3000", ""]) {
      const answer = await send(method, path, [...host, "Origin", origin]);
      expect([answer.status, answer.headers["x-sandbox"]]).toEqual([
        403,
        "credicorp-oauth-mock-server",
      ]);
      expect(Object.keys(answer.headers).join()).not.toContain("access-control");
    }
  });

  it.each(["cross-site", "same-site", "nonsense"])(
    "SAFE-04 nor what the browser itself calls %s",
    async (site) => {
      const { send } = await setUp();
      const headers = ["Host", "localhost", "Sec-Fetch-Site", site, "Sec-Fetch-Mode", "no-cors"];

      expect((await send("GET", "/readyz", headers)).status).toBe(403);
      expect((await send("POST", tokenPath, headers)).status).toBe(403);
    },
  );

  it("SAFE-04 follows a link from anywhere to a page about an error, and no form", async () => {
    const { send } = await setUp();
    const path = "/partner/v1/oauth/errors/invalid_client";
    const fields = ["Host", "localhost", "Sec-Fetch-Site", "cross-site"];
    const headers = [...fields, "Sec-Fetch-Mode", "navigate"];

    expect((await send("GET", path, headers)).status).toBe(200);
    expect((await send("POST", tokenPath, headers)).status).toBe(403);
  });

  it("HTTP-09 SAFE-04 metadata and JWKS are for every page", async () => {
    const { send } = await setUp();
    const headers = [
      "Host",
      "localhost",
      "Origin",
      "https://app.example",
      "Sec-Fetch-Site",
      "cross-site",
    ];

    for (const path of [jwksPath, metadataPath]) {
      const answer = await send("GET", path, headers);
      expect([answer.status, answer.headers["access-control-allow-origin"]]).toEqual([200, "*"]);
    }
  });

  it("SAFE-04 the sandbox's own pages may ask", async () => {
    const { send } = await setUp();
    const headers = ["Host", "localhost:9400", "Origin", "http://localhost:9400"];

    expect(
      (await send("GET", "/readyz", [...headers, "Sec-Fetch-Site", "same-origin"])).status,
    ).toBe(200);
  });

  it("SAFE-04 holds without a port too", async () => {
    await using sandbox = await createSandbox();
    const headers = { origin: "https://evil.example" };

    expect((await sandbox.fetch("/readyz", { headers })).status).toBe(403);
    expect((await sandbox.fetch(jwksPath, { headers })).status).toBe(200);
  });

  it("SAFE-03 SAFE-04 judges each request by its own host, whatever the last one said", async () => {
    await using sandbox = await createSandbox({ allowedHosts: ["ours.test"] });
    const hosts = ["localhost", "evil.test", "evil.test", "ours.test", "localhost", "bad host"];

    const statuses: number[] = [];
    for (const host of [...hosts, ...hosts]) {
      const { status } = await sandbox.handle({
        method: "GET",
        target: "/healthz",
        headers: [["HOST", host]],
        body: new Uint8Array(),
        peer: { address: "127.0.0.1", secure: false },
      });
      statuses.push(status);
    }

    const expected = [200, 421, 421, 200, 200, 421];
    expect(statuses).toEqual([...expected, ...expected]);
  });
});
