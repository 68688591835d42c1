import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

import type { Running } from "./support/command.ts";
import { askForToken, command, launch, runEachToEnd, runToEnd, start } from "./support/command.ts";

const run = promisify(execFile);
const hasCurl = spawnSync("curl", ["--version"]).status === 0;
if (!hasCurl) console.warn("skipped: the commands with curl, for there is no curl on this machine");

function askWithSecret({ line }: Running, secret: string): Promise<Response> {
  return fetch(line.tokenEndpoint, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`partner-basic:${secret}`)}` },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
}

describe("oauth-mock-server", () => {
  let usual: Running;
  let kill: () => void = () => undefined;
  beforeAll(async () => {
    usual = await launch([], { onSpawn: (end) => (kill = end) });
  });
  afterAll(() => kill());

  it("CMD-01 prints one line of JSON to a program: where it listens, and whom it knows, in documented members with a version", async () => {
    const { line } = usual;

    expect(line.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(line).toMatchObject({
      version: 1,
      issuer: line.url,
      tokenEndpoint: `${line.url}/partner/v1/oauth/token`,
      adminUrl: `${line.url}/admin/v1`,
    });
    expect(line.clients.map(({ id }) => id)).toContain("partner-basic");
    expect(Object.keys(line)).toEqual([
      "version",
      "url",
      "issuer",
      "tokenEndpoint",
      "metadataUrl",
      "adminUrl",
      "adminToken",
      "clients",
    ]);
    const answer = await fetch(`${line.adminUrl}/clients`, {
      headers: { authorization: `Bearer ${line.adminToken}` },
    });
    expect(answer.status).toBe(200);
  });

  it.skipIf(!hasCurl)(
    "serves the documented curl command, byte for byte as curl sends it",
    async () => {
      const client = usual.line.clients.find(({ id }) => id === "partner-post");
      const commandLine = String.raw`curl -s -X POST $ORIGIN/partner/v1/oauth/token \
      -H 'Content-Type: application/x-www-form-urlencoded' \
      -d grant_type=client_credentials \
      -d client_id=$CREDICORP_CLIENT_ID \
      -d client_secret=$CREDICORP_CLIENT_SECRET \
      -d scope='applications:write decisions:read'`;

      const { stdout } = await run("sh", ["-c", commandLine], {
        env: {
          ...process.env,
          ORIGIN: usual.line.url,
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

  it("explains a refusal to whoever sits at this machine, and shows no secret", async () => {
    expect(usual.errors()).toBe("");

    await askWithSecret(usual, `"planted-secret"`);
    await expect.poll(usual.errors).not.toBe("");

    expect(usual.errors()).toMatch(
      /^401 invalid_client from \/partner\/v1\/oauth\/token: The secret is none of this client's\n/,
    );
    expect(usual.errors()).not.toContain("planted");
  });

  it.skipIf(!hasCurl)("CMD-07 is ready to anybody at /readyz", () => {
    expect(spawnSync("curl", ["-sf", `${usual.line.url}/readyz`]).status).toBe(0);
  });

  it("CMD-07 is healthy until it stops; SIGINT ends it with exit code 0", async () => {
    const health = ["health", "--url", usual.line.url];
    const healthy = runToEnd(health);
    expect((await fetch(`${usual.line.url}/.well-known/jwks.json`)).status).toBe(200);
    usual.child.kill("SIGINT");
    expect(await usual.ended).toBe(0);
    const gone = runToEnd(health);

    expect(healthy).toEqual({ code: 0, stdout: "", stderr: "" });
    expect([gone.code, gone.stderr]).toEqual([
      1,
      `oauth-mock-server: ${usual.line.url} does not answer (ECONNREFUSED)\n`,
    ]);
  });

  const wrong: readonly (readonly [commandLine: readonly string[], line: string])[] = [
    [["--config", "/no/such/file.json"], "/no/such/file.json does not exist"],
    [["--config", "."], "cannot be read (EISDIR)"],
    [["--port", "http"], "--port must be a number"],
    [["--port", "65536"], "--port must be a number"],
    [["--host", "192.0.2.1", "--allow-insecure-http"], "this machine has no such address"],
    [["--prot", "1"], "--prot"],
    [["extra"], "extra"],
  ];
  const refused = runEachToEnd(wrong.map(([commandLine]) => ({ commandLine })));

  it.each(wrong.map(([commandLine, line], index) => ({ commandLine, line, index })))(
    "refuses $commandLine with one line and exit code 2",
    ({ line, index }) => {
      const { code, stdout, stderr } = refused[index] ?? {};

      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(/^oauth-mock-server: [^\n]+\n$/);
      expect(stderr).toContain(line);
    },
  );

  it("HTTP-01 refuses to listen beyond loopback with one line that names the flag, and exit code 2", () => {
    const { code, stdout, stderr } = runToEnd(["--host", "0.0.0.0"]);

    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^oauth-mock-server: [^\n]+--allow-insecure-http[^\n]+\n$/);
  });

  it("writes one line of JSON per decision to standard error with --log, and nothing with --quiet", async () => {
    for (const options of [["--quiet"], ["--log"]]) {
      const running = await start(options);
      const client = running.line.clients.find(({ id }) => id === "partner-basic");
      const ids: (string | null)[] = [];
      for (const secret of [String(client?.secret), "planted-secret"]) {
        const response = await askWithSecret(running, secret);
        ids.push(response.headers.get("x-request-id"));
      }
      running.child.kill("SIGTERM");
      await once(running.child, "close");

      const log = running.errors();
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

  it("CMD-07 goes on when nobody reads its standard error any longer", async () => {
    const running = await start(["--log"]);
    running.child.stderr.destroy();

    for (let turn = 0; turn < 3; turn += 1) {
      expect((await askForToken(running.line)).status).toBe(200);
    }
    running.child.kill("SIGTERM");

    expect(await running.ended).toBe(0);
  });

  it("CMD-07 ends with one line and exit code 1 when nobody reads the line that it prints", async () => {
    const child = spawn(process.execPath, [command, "--port", "0"]);
    onTestFinished(() => void child.kill("SIGKILL"));
    child.stdout.destroy();
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString("utf8")));

    const [code] = (await once(child, "close")) as [number | null];

    expect([code, errors]).toEqual([
      1,
      "oauth-mock-server: standard output cannot be written to (EPIPE)\n",
    ]);
  });

  it("says that a port is in use, and what to do, with exit code 2", async () => {
    const taken = createServer();
    taken.listen(0, "127.0.0.1");
    await once(taken, "listening");
    onTestFinished(() => void taken.close());
    const address = taken.address();
    const port = typeof address === "object" ? String(address?.port) : "";

    const { code, stderr } = runToEnd(["--port", port]);

    expect(code).toBe(2);
    expect(stderr).toContain(`--port ${port}: the port is in use`);
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
