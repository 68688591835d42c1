import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";

import type { SandboxClient } from "@credicorp/oauth-mock-server";

const bin = fileURLToPath(new URL("../../bin/oauth-mock-server.js", import.meta.url));
const run = promisify(execFile);
const hasCurl = spawnSync("curl", ["--version"]).status === 0;
if (!hasCurl) console.warn("skipped: the commands with curl, for there is no curl on this machine");

// The only way to a terminal without a native module; the flags are those of util-linux.
const pseudoTerminal = "script";
const hasTerminal = spawnSync(pseudoTerminal, ["-qec", "true", "/dev/null"]).status === 0;
if (!hasTerminal) console.warn("skipped: the banner, for there is no `script` of util-linux here");

interface Started {
  readonly child: ChildProcessWithoutNullStreams;
  readonly firstLine: {
    readonly url: string;
    readonly issuer: string;
    readonly tokenEndpoint: string;
    readonly clients: readonly SandboxClient[];
  };
}

/** Starts the command, and resolves when it has printed its line. */
async function start(...options: readonly string[]): Promise<Started> {
  const child = spawn(process.execPath, [bin, "--port", "0", ...options]);
  onTestFinished(() => void child.kill("SIGKILL"));
  const [chunk] = (await once(child.stdout, "data")) as [Buffer];
  return { child, firstLine: JSON.parse(chunk.toString("utf8")) as Started["firstLine"] };
}

/** Runs the command to its end. */
function runToEnd(...options: readonly string[]): {
  code: number | null;
  stdout: string;
  stderr: string;
} {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...options], {
    encoding: "utf8",
  });
  return { code: status, stdout, stderr };
}

async function writeConfiguration(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "oauth-mock-server-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "sandbox.json");
  await writeFile(path, text);
  return path;
}

describe("oauth-mock-server", () => {
  it("prints one line of JSON to a program: where it listens, and whom it knows", async () => {
    const { firstLine } = await start();

    expect(firstLine.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(firstLine).toMatchObject({
      issuer: firstLine.url,
      tokenEndpoint: `${firstLine.url}/partner/v1/oauth/token`,
    });
    expect(firstLine.clients.map(({ id }) => id)).toContain("partner-basic");
  });

  it.skipIf(!hasCurl)(
    "serves the documented curl command, byte for byte as curl sends it",
    async () => {
      const { firstLine } = await start();
      const client = firstLine.clients.find(({ id }) => id === "partner-post");
      const command = String.raw`curl -s -X POST $ORIGIN/partner/v1/oauth/token \
      -H 'Content-Type: application/x-www-form-urlencoded' \
      -d grant_type=client_credentials \
      -d client_id=$CREDICORP_CLIENT_ID \
      -d client_secret=$CREDICORP_CLIENT_SECRET \
      -d scope='applications:write decisions:read'`;

      const { stdout } = await run("sh", ["-c", command], {
        env: {
          ...process.env,
          ORIGIN: firstLine.url,
          CREDICORP_CLIENT_ID: client?.id,
          CREDICORP_CLIENT_SECRET: client?.secret,
        },
      });

      expect(JSON.parse(stdout)).toEqual({
        access_token: expect.any(String),
        token_type: "Bearer",
        expires_in: 900,
        scope: "applications:write decisions:read",
      });
    },
  );

  it.skipIf(!hasTerminal)("prints clients and commands to a person", async () => {
    const child = spawn(pseudoTerminal, [
      "-qec",
      `'${process.execPath}' '${bin}' --port 0`,
      "/dev/null",
    ]);
    onTestFinished(() => void child.kill("SIGTERM"));
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));

    await expect.poll(() => text, { timeout: 10_000 }).toContain("Stop with Ctrl-C.");
    const [, url = ""] = /server at (http:\S+)/.exec(text) ?? [];
    const [, command = ""] = /^ {2}(curl -s -u .*)$/m.exec(text.replaceAll("\r", "")) ?? [];

    expect(text).toMatch(/partner-basic +sandbox_basic_\w+ +authenticates by HTTP Basic/);
    expect(command).toContain(`${url}/partner/v1/oauth/token`);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("stops on %s with exit code 0", async (signal) => {
    const { child, firstLine } = await start();
    const response = await fetch(`${firstLine.url}/.well-known/jwks.json`);
    expect(response.status).toBe(200);

    child.kill(signal);
    const [code] = (await once(child, "exit")) as [number | null];

    expect(code).toBe(0);
  });

  it("reads a configuration file", async () => {
    const path = await writeConfiguration(
      JSON.stringify({
        $schema: "https://example.com/schema.json",
        accessTokenLifetimeSeconds: 60,
        limits: { token: null },
        clients: [
          {
            id: "mine",
            secret: "Zk3vT9xQ_m2Lw8RbY5-sPdHc7",
            tokenEndpointAuthMethod: "client_secret_basic",
            scope: ["reports:read"],
          },
        ],
      }),
    );
    const { firstLine } = await start("--config", path);
    const [client] = firstLine.clients;

    const response = await fetch(firstLine.tokenEndpoint, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${client?.id}:${client?.secret}`)}` },
      body: new URLSearchParams({ grant_type: "client_credentials" }),
    });

    expect(await response.json()).toMatchObject({ expires_in: 60, scope: "reports:read" });
    expect(response.headers.get("ratelimit")).toBeNull();
  });

  it.each([
    { name: "broken JSON", text: '{\n  "clients": [\n    { id: 1 }]}', place: ":3:7 is not JSON" },
    { name: "an unfinished file", text: '{"issuer": "http', place: ":1:17 is not JSON" },
    { name: "an unknown option", text: '{"client": []}', place: "unknown option client" },
    {
      name: "a nested unknown option",
      text: '{"clients": [{"id": "a", "tokenEndpointAuthMethod": "none", "scopes": []}]}',
      place: "unknown option scopes in clients[0]",
    },
    {
      name: "a wrong type",
      text: '{"clients": [{"id": 1, "tokenEndpointAuthMethod": "none"}]}',
      place: "wrong at clients[0].id",
    },
    {
      name: "a lifetime beyond the bounds",
      text: '{"accessTokenLifetimeSeconds": 86400}',
      place: "wrong at accessTokenLifetimeSeconds",
    },
    {
      name: "a weak secret",
      text: '{"clients": [{"id": "a", "tokenEndpointAuthMethod": "client_secret_post", "secret": "hunter2"}]}',
      place: 'clients["a"].secret has less than 128 bits',
    },
    {
      name: "an issuer on plain http",
      text: '{"issuer": "http://example.com"}',
      place: "issuer must be https",
    },
  ])(
    "refuses $name with one line that names the place, and exit code 2",
    async ({ text, place }) => {
      const path = await writeConfiguration(text);

      const { code, stdout, stderr } = runToEnd("--config", path);

      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(/^oauth-mock-server: [^\n]+\n$/);
      expect(stderr).toContain(path);
      expect(stderr).toContain(place);
      expect(stderr).not.toContain("hunter2");
    },
  );

  it.each([
    { options: ["--config", "/no/such/file.json"], line: "/no/such/file.json does not exist" },
    { options: ["--config", "."], line: "cannot be read (EISDIR)" },
    { options: ["--port", "http"], line: "--port must be a number" },
    { options: ["--port", "65536"], line: "--port must be a number" },
    {
      options: ["--host", "192.0.2.1", "--allow-insecure-http"],
      line: "this machine has no such address",
    },
    { options: ["--prot", "1"], line: "--prot" },
    { options: ["extra"], line: "extra" },
  ])("refuses $options with one line and exit code 2", ({ options, line }) => {
    const { code, stdout, stderr } = runToEnd(...options);

    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^oauth-mock-server: [^\n]+\n$/);
    expect(stderr).toContain(line);
  });

  it("HTTP-01 refuses to listen beyond loopback with one line that names the flag, and exit code 2", () => {
    const { code, stdout, stderr } = runToEnd("--host", "0.0.0.0");

    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^oauth-mock-server: [^\n]+--allow-insecure-http[^\n]+\n$/);
  });

  it("writes one line of JSON per decision to standard error with --log, and nothing with --quiet", async () => {
    for (const options of [["--quiet"], ["--log"]]) {
      const { child, firstLine } = await start(...options);
      let log = "";
      child.stderr.on("data", (chunk: Buffer) => (log += chunk.toString("utf8")));
      const client = firstLine.clients.find(({ id }) => id === "partner-basic");
      const ids: (string | null)[] = [];
      for (const secret of [String(client?.secret), "planted-secret"]) {
        const response = await fetch(firstLine.tokenEndpoint, {
          method: "POST",
          headers: { authorization: `Basic ${btoa(`partner-basic:${secret}`)}` },
          body: new URLSearchParams({ grant_type: "client_credentials" }),
        });
        ids.push(response.headers.get("x-request-id"));
      }
      child.kill("SIGTERM");
      await once(child, "close");

      const lines = log.split("\n").filter((line) => line !== "");
      const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      const isQuiet = options.includes("--quiet");
      expect(events.map(({ requestId }) => requestId)).toEqual(isQuiet ? [] : ids);
      expect(events.map(({ type }) => type)).toEqual(
        isQuiet ? [] : ["token_issued", "request_refused"],
      );
      expect(log).not.toContain("planted-secret");
      expect(log).not.toContain(client?.secret);
    }
  });

  it("explains a refusal to whoever sits at this machine, and shows no secret", async () => {
    const { child, firstLine } = await start();
    const explained = once(child.stderr, "data");

    await fetch(firstLine.tokenEndpoint, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`partner-basic:"planted-secret"`)}` },
      body: new URLSearchParams({ grant_type: "client_credentials" }),
    });
    const [chunk] = (await explained) as [Buffer];

    expect(chunk.toString("utf8")).toMatch(
      /^401 invalid_client from \/partner\/v1\/oauth\/token: The secret is none of this client's\n/,
    );
    expect(chunk.toString("utf8")).not.toContain("planted");
  });

  it("says that a port is in use, and what to do, with exit code 2", async () => {
    const taken = createServer();
    taken.listen(0, "127.0.0.1");
    await once(taken, "listening");
    onTestFinished(() => void taken.close());
    const address = taken.address();
    const port = typeof address === "object" ? String(address?.port) : "";

    const { code, stderr } = runToEnd("--port", port);

    expect(code).toBe(2);
    expect(stderr).toContain(`--port ${port}: the port is in use`);
  });

  it("explains itself", () => {
    const help = runToEnd("--help");
    const version = runToEnd("--version");

    expect([help.code, version.code]).toEqual([0, 0]);
    for (const option of [
      "--port",
      "--host",
      "--config",
      "--log",
      "--quiet",
      "--allow-insecure-http",
      "--version",
    ]) {
      expect(help.stdout).toContain(option);
    }
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it("loads neither zod nor undici for its usual start", async () => {
    const script = `
      const { register } = await import("node:module");
      const seen = new Set();
      const { port1, port2 } = new MessageChannel();
      port1.on("message", (url) => seen.add(url)).unref();
      register("data:text/javascript," + encodeURIComponent(\`
        let port;
        export const initialize = (data) => { port = data.port; };
        export const resolve = async (name, context, next) => {
          const result = await next(name, context);
          port.postMessage(result.url);
          return result;
        };
      \`), { data: { port: port2 }, transferList: [port2] });
      const { createSandbox } = await import("@credicorp/oauth-mock-server");
      const sandbox = await createSandbox();
      await sandbox.listen();
      await sandbox.close();
      await new Promise((resolve) => setTimeout(resolve, 100));
      console.log(JSON.stringify([...seen]));
    `;
    const cwd = fileURLToPath(new URL("../..", import.meta.url));

    const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script], {
      cwd,
    });
    const modules = JSON.parse(stdout) as string[];

    expect(modules.some((url) => url.includes("/fastify/"))).toBe(true);
    expect(modules.filter((url) => /\/(zod|undici|yaml)\//.test(url))).toEqual([]);
  });
});
