import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import type { StartLine } from "@credicorp/oauth-mock-server";
import { defaultClients } from "@credicorp/oauth-mock-server";
import { describe, expect, it, onTestFinished } from "vitest";

import { createSelfSigned } from "../support/certificates.ts";
import { claimsOf, sendForm } from "../support/tls-sandbox.ts";
import { command, makeFolder, runEachToEnd, start } from "./support/command.ts";

const hasCurl = spawnSync("curl", ["--version"]).status === 0;
// Of util-linux.
const pseudoTerminal = "script";
const hasTerminal = spawnSync(pseudoTerminal, ["-qec", "true", "/dev/null"]).status === 0;
if (!hasCurl || !hasTerminal) {
  console.warn("skipped: the banner's commands, which need curl and `script` of util-linux");
}

async function askWithCertificate({ url, certificates }: StartLine) {
  const files = certificates ?? { authorityFile: "", clientCertificateFile: "", clientKeyFile: "" };
  const cert = await readFile(files.clientCertificateFile, "utf8");
  const key = await readFile(files.clientKeyFile, "utf8");
  return sendForm(url, {
    certificate: { cert, key, der: Buffer.alloc(0) },
    authority: await readFile(files.authorityFile, "utf8"),
    form: { grant_type: "client_credentials", client_id: "partner-mtls" },
  });
}

describe("--tls", () => {
  it("CMD-01 CMD-09 serves https, and a client authenticates by the certificate that was made for it", async () => {
    const { line, child, ended } = await start(["--tls"]);
    const folder = dirname(line.certificates?.authorityFile ?? "");

    const answer = await askWithCertificate(line);

    expect(line.url).toMatch(/^https:/);
    expect(answer.status).toBe(200);
    expect(claimsOf(answer)["cnf"]).toEqual({ "x5t#S256": expect.any(String) });
    for (const name of await readdir(folder)) {
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    }
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    const environment = { CREDICORP_SANDBOX_TLS: "1" };
    const health = ["health", "--url", line.url];
    const ca = ["--ca", line.certificates?.authorityFile ?? ""];
    const asked = runEachToEnd([
      { commandLine: [...health, ...ca], environment },
      // Without it nobody is believed.
      { commandLine: health, environment },
    ]);
    expect(asked.map(({ code }) => code)).toEqual([0, 1]);
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(existsSync(folder)).toBe(false);
  });

  it("CMD-09 keeps its certificates in --tls-dir, and makes them anew when they are no good", async () => {
    const folder = join(await makeFolder(), "certificates");
    const authority = (): Promise<string> => readFile(join(folder, "authority.pem"), "utf8");
    const run = async (...commandLine: readonly string[]): Promise<string> => {
      const { line, child, ended } = await start(["--tls-dir", folder, ...commandLine]);
      expect((await askWithCertificate(line)).status).toBe(200);
      child.kill("SIGTERM");
      await ended;
      return authority();
    };

    const first = await run();
    expect(await run()).toBe(first);
    const forOther = await run("--allowed-hosts", "sandbox.test");
    expect(forOther).not.toBe(first);
    await writeFile(join(folder, "server.pem"), "nonsense");
    expect(await run()).not.toBe(forOther);
  });

  it("CMD-09 takes a certificate of one's own, and says which half is missing", async () => {
    const own = await createSelfSigned({ names: [{ type: "ip", value: "127.0.0.1" }] });
    const folder = await makeFolder({ "own.pem": own.cert, "own.key": own.key, empty: "" });
    const [cert, key] = [join(folder, "own.pem"), join(folder, "own.key")];
    const { line } = await start(["--tls-cert", cert, "--tls-key", key]);

    const [half, swapped, withoutCertificate, withoutKey, healthy] = runEachToEnd([
      { commandLine: ["--tls-cert", cert] },
      { commandLine: ["--tls-cert", key, "--tls-key", cert] },
      { commandLine: ["--tls-cert", join(folder, "empty"), "--tls-key", key] },
      { commandLine: ["--tls-cert", cert, "--tls-key", join(folder, "empty")] },
      { commandLine: ["health", "--url", line.url, "--ca", cert] },
    ]);
    const rule = "--tls-cert: tls.cert must be a certificate in PEM, and tls.key its private key";

    expect(line.url).toMatch(/^https:/);
    expect(line.certificates).toBeUndefined();
    expect(healthy?.code).toBe(0);
    expect([half?.code, half?.stderr]).toEqual([
      2,
      "oauth-mock-server: --tls-cert and --tls-key belong together: give both\n",
    ]);
    for (const bad of [swapped, withoutCertificate, withoutKey]) {
      expect(bad).toEqual({ code: 2, stdout: "", stderr: `oauth-mock-server: ${rule}\n` });
    }
  });
});

describe("the banner", () => {
  it.skipIf(!hasCurl || !hasTerminal).each([
    ["http", "--port 0"],
    ["https", "--port 0 --tls"],
  ])("CMD-01 has commands over %s that work as they are pasted", async (scheme, options) => {
    const child = spawn(pseudoTerminal, [
      "-qec",
      `'${process.execPath}' '${command}' ${options}`,
      "/dev/null",
    ]);
    onTestFinished(async () => {
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
    });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
    await expect.poll(() => text, { timeout: 15_000 }).toContain("Stop with Ctrl-C.");
    const lines = text.replaceAll("\r", "").split("\n");
    const blocks = lines
      .join("\n")
      .split("\n\n")
      .filter((block) => /^ {2}(?:curl|TOKEN=)/m.test(block))
      .map((block) =>
        block
          .split("\n")
          .slice(1)
          .map((row) => row.slice(2))
          .join("\n"),
      );

    const [, url = ""] = /server at (https?:\S+)/.exec(text) ?? [];
    expect(blocks[0]).toMatch(/^curl -s .*-u partner-basic:/);
    expect(blocks[0]).toContain(`${url}/partner/v1/oauth/token`);

    const answers = blocks.map(
      (block) => JSON.parse(spawnSync("sh", ["-c", block], { encoding: "utf8" }).stdout) as unknown,
    );

    const token = { access_token: expect.any(String) as string, token_type: "Bearer" };
    const withCertificate = expect.objectContaining(token) as unknown;
    expect(answers).toEqual([
      expect.objectContaining(token),
      expect.objectContaining(token),
      expect.objectContaining({ active: true, client_id: "partner-basic" }),
      ...(scheme === "https" ? [withCertificate] : []),
      expect.objectContaining({ issuer: expect.stringMatching(`^${scheme}:`) as string }),
      expect.anything(),
    ]);
    expect(text).toMatch(/partner-basic +sandbox_basic_\w+ +authenticates by HTTP Basic/);
    // Every client is there, in a column of its own.
    const rows = lines.filter(
      (row) => /^ {2}partner-[a-z-]+ {2,}\S/.test(row) && !row.includes("{"),
    );
    expect(rows).toHaveLength(defaultClients.length + 1);
    // The one with a certificate says how to get it where it is not.
    expect(rows.filter((row) => row.includes("when you start with --tls"))).toHaveLength(
      scheme === "https" ? 0 : 1,
    );
  });
});
