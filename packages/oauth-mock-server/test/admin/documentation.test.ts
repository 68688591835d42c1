import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { createSandbox } from "@credicorp/oauth-mock-server";
import { expect, it, onTestFinished } from "vitest";

const run = promisify(execFile);
const hasCurl = spawnSync("curl", ["--version"]).status === 0;
const note = hasCurl ? "" : " (skipped: curl is not installed)";
const separator = "----8<----";

it.skipIf(!hasCurl)(
  `ADM-05 every command of the documentation does what it says${note}`,
  async () => {
    await using sandbox = await createSandbox();
    const { url } = await sandbox.listen();
    const folder = await mkdtemp(join(tmpdir(), "admin-api-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const markdown = await readFile(
      new URL("../../../../docs/admin-api.md", import.meta.url),
      "utf8",
    );
    const [variables, ...blocks] = [...markdown.matchAll(/^```sh\n(.*?)^```$/gms)].map(
      ([, text = ""]) => text,
    );
    expect(variables).toMatch(/^SANDBOX=.*\nADMIN_TOKEN=.*\n$/);

    const { stdout } = await run(
      "sh",
      ["-eu", "-c", blocks.join(`\nprintf '\\n%s\\n' '${separator}'\n`)],
      { cwd: folder, env: { ...process.env, SANDBOX: url, ADMIN_TOKEN: sandbox.adminToken } },
    );
    const [whoami, clients, keys, clock, faults, requests, tokens, namespaces, metrics] =
      stdout.split(separator);

    expect(whoami).toContain(`"issuer":"${url}"`);
    expect(clients).toContain('"id":"acme"');
    expect(keys).toContain('"phase":"announced"');
    expect(clock).toContain('"isFrozen":true');
    expect(clock).toContain('"skewMs":-300000');
    expect(faults).toContain('"fault":"server_error"');
    expect(faults).toContain('"scenario":"outage"');
    expect(requests).toContain('{"count":1}');
    expect(requests).toContain('"why":"secret_wrong"');
    expect(requests).toContain("$CLIENT_SECRET");
    expect(JSON.parse(await readFile(join(folder, "requests.har"), "utf8"))).toMatchObject({
      log: { version: "1.2", entries: [{ response: { status: 401 } }] },
    });
    expect(tokens).toContain('"accessToken":"');
    expect(tokens).toContain('"failedAuthentication"');
    expect(namespaces).toContain(`"token_endpoint":"${url}/ns/test-7/partner/v1/oauth/token"`);
    expect(namespaces).toContain('"offsetMs":86400000');
    expect(metrics).toContain("oauth_sandbox_requests_total{");
    expect(metrics).toContain('{"status":"ready"}');
    // Each did something, and none failed: curl would have ended the shell.
    expect(stdout.split(separator)).toHaveLength(blocks.length);
    expect(sandbox.namespaces.list()).toEqual([]);
  },
  // Fifty processes: a busy machine takes a while to start them.
  60_000,
);
