import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { makeFolder, runToEnd, start } from "./support/command.ts";

const secret = "planted_Jq7Vn2kTzX4mWc9RbY5sPd8hLf3gAe6u";
const adminToken = "planted-admin-token-0123456789";

interface Printed {
  readonly settings: Readonly<Record<string, { readonly value: unknown; readonly from: string }>>;
  readonly configuration: Readonly<Record<string, unknown>>;
}

function print(commandLine: readonly string[], environment: Record<string, string> = {}): Printed {
  const { code, stdout, stderr } = runToEnd([...commandLine, "--print-config"], { environment });
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as Printed;
}

describe("what the command is told", () => {
  it("CMD-04 holds by the command line before the environment, the file and the default", async () => {
    const folder = await makeFolder({
      "sandbox.yaml": "command: { port: 1, drainSeconds: 1, quiet: true, log: true }\n",
    });
    const path = join(folder, "sandbox.yaml");
    const variables = {
      CREDICORP_SANDBOX_CONFIG: path,
      CREDICORP_SANDBOX_PORT: "2",
      CREDICORP_SANDBOX_DRAIN_SECONDS: "2",
      CREDICORP_SANDBOX_LOG: "false",
      CREDICORP_SANDBOX_TLS_DIR: "",
    };

    const { settings } = print(["--port", "3"], variables);

    expect(settings["port"]).toEqual({ value: 3, from: "--port" });
    expect(settings["drain-seconds"]).toEqual({
      value: 2,
      from: "CREDICORP_SANDBOX_DRAIN_SECONDS",
    });
    expect(settings["log"]).toEqual({ value: false, from: "CREDICORP_SANDBOX_LOG" });
    expect(settings["quiet"]).toEqual({ value: true, from: path });
    expect(settings["host"]).toEqual({ value: "127.0.0.1", from: "default" });
    expect(settings["tls-dir"]).toEqual({ value: null, from: "default" });
    expect(settings["config"]).toEqual({ value: path, from: "CREDICORP_SANDBOX_CONFIG" });
  });

  it("CMD-04 is printed without a secret, wherever one may be", async () => {
    const key = { kty: "EC", alg: "ES256", crv: "P-256", x: "x", y: "y", d: "planted-d" };
    const client = { id: "a", tokenEndpointAuthMethod: "client_secret_post", scope: ["x"] };
    const configuration = {
      command: { adminToken },
      dpop: { nonceSecret: "planted-nonce-secret-0123456789abcdef" },
      signingKeys: [key],
      clients: [
        { ...client, secret },
        { ...client, id: "b", secrets: [{ secret }, { secretDigest: "planted-digest" }] },
        { ...client, id: "c", privateJwk: key },
      ],
    };
    const folder = await makeFolder({
      "sandbox.json": JSON.stringify(configuration),
      "tls.json": JSON.stringify({ tls: { keyFile: "key.pem", certFile: "key.pem" } }),
      "key.pem": "planted key",
    });

    const printed = print(["--config", join(folder, "sandbox.json")]);
    const withVariable = print([], { CREDICORP_SANDBOX_ADMIN_TOKEN: adminToken });
    const { tls } = print(["--config", join(folder, "tls.json")]).configuration;

    expect(JSON.stringify([printed, withVariable])).not.toContain("planted");
    expect(printed.settings["admin-token"]?.value).toBe("[redacted]");
    expect(printed.configuration["clients"]).toMatchObject([
      { id: "a", secret: "[redacted]", scope: ["x"] },
      { secrets: [{ secret: "[redacted]" }, { secretDigest: "[redacted]" }] },
      { privateJwk: { kty: "EC", x: "x", d: "[redacted]" } },
    ]);
    expect(tls).toMatchObject({ key: "[redacted]" });
  });

  it.each([
    [
      { CREDICORP_SANDBOX_PORT: "http" },
      /^oauth-mock-server: CREDICORP_SANDBOX_PORT must be a number/,
    ],
    [{ CREDICORP_SANDBOX_PORT: "tcp://10.0.0.1:9400" }, /Kubernetes sets it .* enableServiceLinks/],
    [{ CREDICORP_SANDBOX_LOG: "yes" }, /CREDICORP_SANDBOX_LOG must be 1 or 0/],
    [{ CREDICORP_SANDBOX_DRAIN_SECONDS: "601" }, /must be a number from 0 to 600/],
    [{ CREDICORP_SANDBOX_CONFIG: "/no/such.yaml" }, /no\/such\.yaml does not exist/],
    [{ CREDICORP_SANDBOX_WATCH: "1", CREDICORP_SANDBOX_PORT: "0" }, /--watch needs --config/],
    [{ NODE_ENV: "production" }, /NODE_ENV is production.* add --dangerously-allow-production/],
    [{ CREDICORP_SANDBOX_ADMIN_TOKEN: "short" }, /CREDICORP_SANDBOX_ADMIN_TOKEN.* 22 characters/],
  ])("CMD-04 is refused by the name of the variable: %j", (environment, rule) => {
    const { code, stdout, stderr } = runToEnd([], { environment });

    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(rule);
    expect(stderr).toMatch(/^oauth-mock-server: [^\n]+\n$/);
  });

  it.each([
    [["--prot", "1"], "there is no option --prot: is --port meant? (see --help)"],
    [["--Config=a"], "there is no option --Config: is --config meant? (see --help)"],
    [["--zebra"], "there is no option --zebra (see --help)"],
    [["-p", "1"], "there is no option -p (see --help)"],
    [["--admin-token", "x"], "there is no option --admin-token (see --help)"],
    [["--port"], "--port needs a value (see --help)"],
    [["--config="], "--config needs a value (see --help)"],
    [["--log=1"], "--log takes no value: write --log alone, or leave it out"],
    [["serve\nnow"], "there is nothing to do with serve\\nnow (see --help)"],
    [["health", "--urll", "x"], "there is no option --urll: is --url meant? (see --help)"],
    [["health", "--url", "ftp://x"], "--url must be a URL, such as http://127.0.0.1:9400"],
  ])("CMD-06 is told what to write in place of %j", (commandLine, line) => {
    const { code, stderr } = runToEnd(commandLine);

    expect([code, stderr]).toEqual([2, `oauth-mock-server: ${line}\n`]);
  });
});

/** Runs a command line as it is, and stops it if it goes on; resolves to its exit code. */
async function tryOut(commandLine: readonly string[], cwd: string): Promise<unknown> {
  if (commandLine.includes("--print-config")) return runToEnd(commandLine, { cwd }).code;
  if (commandLine[0] === "health") {
    const { line } = await start();
    // At the usual port there may be anything.
    return runToEnd(commandLine.map((word) => (word.startsWith("http:") ? line.url : word))).code;
  }
  const { child, ended } = await start(commandLine, { cwd });
  child.kill("SIGTERM");
  return ended;
}

describe("--help", () => {
  const help = runToEnd(["--help"]).stdout;

  it("CMD-06 fits on a page, and names options, variables, signals, exit codes and the documentation", () => {
    const lines = help.split("\n");

    expect(lines.length).toBeLessThanOrEqual(60);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(112);
    for (const part of [
      "--drain-seconds",
      "CREDICORP_SANDBOX_PORT",
      "SIGHUP",
      "Exit codes",
      "docs/sandbox-command.md",
    ]) {
      expect(help).toContain(part);
    }
  });

  const [, block = ""] = /\nExamples:\n((?: {2}.*\n)+)/.exec(help) ?? [];
  const examples = block
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

  it.each(examples)("CMD-06 has an example that works: %s", async (example) => {
    const folder = await makeFolder({ "sandbox.yaml": "command: { port: 0 }\n" });
    const commandLine = example
      .replace(/ > start\.json &$/, "")
      .split(" ")
      .slice(1);

    expect(await tryOut(commandLine, folder)).toBe(0);
  });

  it("CMD-06 has examples", () => {
    expect(examples.length).toBeGreaterThanOrEqual(5);
  });
});

describe("the line for programs", () => {
  it("CMD-01 has the documented members, and a version", async () => {
    const { line } = await start();

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
    expect(line).toMatchObject({ version: 1, adminUrl: `${line.url}/admin/v1` });
    const answer = await fetch(`${line.adminUrl}/clients`, {
      headers: { authorization: `Bearer ${line.adminToken}` },
    });
    expect(answer.status).toBe(200);
  });
});

const hasCurl = spawnSync("curl", ["--version"]).status === 0;
if (!hasCurl) console.warn("skipped: a foreign health check, for there is no curl on this machine");

describe("health", () => {
  it("CMD-07 exits with 0 for a sandbox that serves, and with 1 for one that does not answer", async () => {
    const { line, child, ended } = await start();

    const healthy = runToEnd(["health", "--url", line.url]);
    child.kill("SIGTERM");
    await ended;
    const gone = runToEnd(["health", "--url", line.url]);

    expect([healthy.code, healthy.stdout, healthy.stderr]).toEqual([0, "", ""]);
    expect([gone.code, gone.stderr]).toEqual([
      1,
      `oauth-mock-server: ${line.url} does not answer (ECONNREFUSED)\n`,
    ]);
  });

  it.skipIf(!hasCurl)("CMD-07 is also what /readyz says to anybody", async () => {
    const { line } = await start();

    expect(spawnSync("curl", ["-sf", `${line.url}/readyz`]).status).toBe(0);
  });
});
