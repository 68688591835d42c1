import { describe, expect, it } from "vitest";

import type { Ended, Run } from "./support/command.ts";
import { makeFolder, runEachToEnd, start } from "./support/command.ts";

const secret = "planted_Jq7Vn2kTzX4mWc9RbY5sPd8hLf3gAe6u";
const adminToken = "planted-admin-token-0123456789";
const key = { kty: "EC", alg: "ES256", crv: "P-256", x: "x", y: "y", d: "planted-d" };
const client = { id: "a", tokenEndpointAuthMethod: "client_secret_post", scope: ["x"] };

const printed = {
  allWays: {
    commandLine: ["--port", "3"],
    environment: {
      CREDICORP_SANDBOX_CONFIG: "./sandbox.yaml",
      CREDICORP_SANDBOX_PORT: "2",
      CREDICORP_SANDBOX_DRAIN_SECONDS: "2",
      CREDICORP_SANDBOX_LOG: "false",
      CREDICORP_SANDBOX_TLS_DIR: "",
    },
    files: { "sandbox.yaml": "command: { port: 1, drainSeconds: 1, quiet: true, log: true }\n" },
  },
  fileWithSecrets: {
    commandLine: ["--config", "sandbox.json"],
    files: {
      "sandbox.json": JSON.stringify({
        command: { adminToken },
        dpop: { nonceSecret: "planted-nonce-secret-0123456789abcdef" },
        signingKeys: [key],
        clients: [
          { ...client, secret },
          { ...client, id: "b", secrets: [{ secret }, { secretDigest: "planted-digest" }] },
          { ...client, id: "c", privateJwk: key },
        ],
      }),
    },
  },
  variableWithSecret: {
    commandLine: [],
    environment: { CREDICORP_SANDBOX_ADMIN_TOKEN: adminToken },
  },
  fileWithKey: {
    commandLine: ["--config", "tls.json"],
    files: {
      "tls.json": JSON.stringify({ tls: { keyFile: "key.pem", certFile: "key.pem" } }),
      "key.pem": "planted key",
    },
  },
  // What editors and shells of Windows write.
  withByteOrderMark: {
    commandLine: ["--config", "sandbox.json"],
    files: { "sandbox.json": '\uFEFF{\r\n  "seed": 1\r\n}\r\n' },
  },
} satisfies Readonly<Record<string, Run>>;

interface Printed {
  readonly settings: Readonly<Record<string, { readonly value: unknown; readonly from: string }>>;
  readonly configuration: Readonly<Record<string, unknown>>;
}

const refused: readonly (readonly [run: Run, rule: string | RegExp])[] = [
  ...(
    [
      [
        { CREDICORP_SANDBOX_PORT: "http" },
        /^oauth-mock-server: CREDICORP_SANDBOX_PORT must be a number/,
      ],
      [
        { CREDICORP_SANDBOX_PORT: "tcp://10.0.0.1:9400" },
        /Kubernetes sets it .* enableServiceLinks/,
      ],
      [{ CREDICORP_SANDBOX_LOG: "yes" }, /CREDICORP_SANDBOX_LOG must be 1 or 0/],
      [{ CREDICORP_SANDBOX_DRAIN_SECONDS: "601" }, /must be a number from 0 to 600/],
      [{ CREDICORP_SANDBOX_CONFIG: "/no/such.yaml" }, /no\/such\.yaml does not exist/],
      [{ CREDICORP_SANDBOX_WATCH: "1", CREDICORP_SANDBOX_PORT: "0" }, /--watch needs --config/],
      [{ NODE_ENV: "production" }, /NODE_ENV is production.* add --dangerously-allow-production/],
      [{ CREDICORP_SANDBOX_ADMIN_TOKEN: "short" }, /CREDICORP_SANDBOX_ADMIN_TOKEN.* 22 characters/],
      [{ CREDICORP_SANDBOX_ISSUER: "x" }, /^oauth-mock-server: CREDICORP_SANDBOX_ISSUER: issuer /],
    ] as const
  ).map(([environment, rule]) => [{ commandLine: [], environment }, rule] as const),
  ...(
    [
      [["--prot", "1"], "there is no option --prot: is --port meant? (see --help)"],
      [["--Config=a"], "there is no option --Config: is --config meant? (see --help)"],
      [["--zebra"], "there is no option --zebra (see --help)"],
      [["-p", "1"], "there is no option -p (see --help)"],
      [["--admin-token", "x"], "there is no option --admin-token (see --help)"],
      [["--port"], "--port needs a value (see --help)"],
      [["--config="], "--config needs a value (see --help)"],
      [["--config", "--watch"], "--config needs a value (see --help)"],
      [["--config=--watch"], "--watch does not exist: check the path"],
      [["--log=1"], "--log takes no value: write --log alone, or leave it out"],
      [["serve\nnow"], "there is nothing to do with serve\\nnow (see --help)"],
      [["health", "--urll", "x"], "there is no option --urll: is --url meant? (see --help)"],
      [["health", "--url", "ftp://x"], "--url must be a URL, such as http://127.0.0.1:9400"],
    ] as const
  ).map(([commandLine, line]) => [{ commandLine }, `oauth-mock-server: ${line}\n`] as const),
  [
    // The file is not at fault.
    { commandLine: ["--config", "a.json", "--allowed-hosts", "a b"], files: { "a.json": "{}" } },
    /^oauth-mock-server: --allowed-hosts: allowedHosts\[0\] must be/,
  ],
  [
    { commandLine: ["--config", "a.json", "--port=0"], files: { "a.json": '{"issuer":"x"}' } },
    /^oauth-mock-server: a\.json: issuer must be/,
  ],
];

const outOf: Readonly<Record<string, Run>> = {
  help: { commandLine: ["--help"] },
  h: { commandLine: ["-h"] },
  helpOfHealth: { commandLine: ["health", "--help"] },
  version: { commandLine: ["--version"] },
};

const runs: readonly Run[] = [
  ...Object.values(printed).map((one) => ({
    ...one,
    commandLine: [...one.commandLine, "--print-config"],
  })),
  ...refused.map(([run]) => run),
  ...Object.values(outOf),
];
const allEnded = runEachToEnd(runs);

function endOf(place: number): Ended {
  const found = allEnded.at(place);
  if (found === undefined) throw new Error(`there is no run ${place}`);
  return found;
}

function readPrinted(name: keyof typeof printed): Printed {
  const { code, stdout, stderr } = endOf(Object.keys(printed).indexOf(name));
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as Printed;
}

function readOut(name: string): string {
  const { code, stdout, stderr } = endOf(
    Object.keys(outOf).indexOf(name) - Object.keys(outOf).length,
  );
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
}

describe("what the command is told", () => {
  it("CMD-04 holds by the command line before the environment, the file and the default", () => {
    const { settings } = readPrinted("allWays");

    expect(settings["port"]).toEqual({ value: 3, from: "--port" });
    expect(settings["drain-seconds"]).toEqual({
      value: 2,
      from: "CREDICORP_SANDBOX_DRAIN_SECONDS",
    });
    expect(settings["log"]).toEqual({ value: false, from: "CREDICORP_SANDBOX_LOG" });
    expect(settings["quiet"]).toEqual({ value: true, from: "./sandbox.yaml" });
    expect(settings["host"]).toEqual({ value: "127.0.0.1", from: "default" });
    expect(settings["tls-dir"]).toEqual({ value: null, from: "default" });
    expect(settings["config"]).toEqual({
      value: "./sandbox.yaml",
      from: "CREDICORP_SANDBOX_CONFIG",
    });
  });

  it("CMD-04 is printed without a secret, wherever one may be", () => {
    const ofFile = readPrinted("fileWithSecrets");
    const withVariable = readPrinted("variableWithSecret");
    const { tls } = readPrinted("fileWithKey").configuration;

    expect(JSON.stringify([ofFile, withVariable])).not.toContain("planted");
    expect(ofFile.settings["admin-token"]?.value).toBe("[redacted]");
    expect(ofFile.configuration["clients"]).toMatchObject([
      { id: "a", secret: "[redacted]", scope: ["x"] },
      { secrets: [{ secret: "[redacted]" }, { secretDigest: "[redacted]" }] },
      { privateJwk: { kty: "EC", x: "x", d: "[redacted]" } },
    ]);
    expect(tls).toMatchObject({ key: "[redacted]" });
  });

  it("CMD-02 may be in a file with a byte order mark and the line ends of Windows", () => {
    expect(readPrinted("withByteOrderMark").configuration).toEqual({ seed: 1 });
  });

  it.each(refused.map(([run, rule], index) => ({ run, rule, index })))(
    "CMD-04 CMD-06 is refused with one line that says what to write: $run",
    ({ rule, index }) => {
      const { code, stdout, stderr } = endOf(Object.keys(printed).length + index);

      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(/^oauth-mock-server: [^\n]+\n$/);
      expect(stderr).toMatch(rule);
    },
  );
});

/** Runs a command line as it is, and stops it if it goes on; resolves to its exit code. */
async function tryOut(commandLine: readonly string[]): Promise<unknown> {
  const files = { "sandbox.yaml": "command: { port: 0 }\n" };
  if (commandLine[0] === "health") {
    const { line } = await start();
    // At the usual port there may be anything.
    const own = commandLine.map((word) => (word.startsWith("http:") ? line.url : word));
    return runEachToEnd([{ commandLine: own }])[0]?.code;
  }
  if (commandLine.includes("--print-config"))
    return runEachToEnd([{ commandLine, files }])[0]?.code;
  const { child, ended } = await start(commandLine, { cwd: await makeFolder(files) });
  child.kill("SIGTERM");
  return ended;
}

describe("--help", () => {
  const help = readOut("help");

  it("CMD-06 fits on a page, and names options, variables, signals, exit codes and the documentation", () => {
    const lines = help.split("\n");

    expect(lines.length).toBeLessThanOrEqual(60);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(112);
    for (const part of [
      "--port",
      "--host",
      "--config",
      "--log",
      "--quiet",
      "--allow-insecure-http",
      "--version",
      "--drain-seconds",
      "CREDICORP_SANDBOX_PORT",
      "SIGHUP",
      "Exit codes",
      "docs/sandbox-command.md",
    ]) {
      expect(help).toContain(part);
    }
  });

  it("CMD-06 is what -h and the help of a subcommand are too; the version is one", () => {
    expect([readOut("h"), readOut("helpOfHealth")]).toEqual([help, help]);
    expect(readOut("version")).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  const [, block = ""] = /\nExamples:\n((?: {2}.*\n)+)/.exec(help) ?? [];
  const examples = block
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

  it.each(examples)("CMD-06 has an example that works: %s", async (example) => {
    const commandLine = example
      .replace(/ > start\.json &$/, "")
      .split(" ")
      .slice(1);

    expect(await tryOut(commandLine)).toBe(0);
  });

  it("CMD-06 has examples", () => {
    expect(examples.length).toBeGreaterThanOrEqual(5);
  });
});
