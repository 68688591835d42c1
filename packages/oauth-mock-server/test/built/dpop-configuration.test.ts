import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it, onTestFinished } from "vitest";

const bin = fileURLToPath(new URL("../../bin/oauth-mock-server.js", import.meta.url));

async function writeConfiguration(configuration: object): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "oauth-mock-server-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "sandbox.json");
  await writeFile(path, JSON.stringify(configuration));
  return path;
}

/** Starts the command with a configuration, and resolves to its URL. */
async function start(configuration: object): Promise<string> {
  const path = await writeConfiguration(configuration);
  const child = spawn(process.execPath, [bin, "--port", "0", "--config", path]);
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const { url } = JSON.parse(line.toString("utf8")) as { readonly url: string };
  return url;
}

async function readAlgorithms(url: string): Promise<unknown> {
  const response = await fetch(`${url}/.well-known/oauth-authorization-server`);
  const metadata = (await response.json()) as Record<string, unknown>;
  return metadata["dpop_signing_alg_values_supported"];
}

const secret = "sandbox_test_Jq7Vn2kTzX4mWc9RbY5sPd8hLf3gAe6u";
const client = { id: "a", secret, tokenEndpointAuthMethod: "client_secret_post", scope: ["x"] };

describe("DPoP in a configuration file", () => {
  it("MD-11 DPOP-01 takes the options of the server and of a client", async () => {
    const url = await start({
      dpop: { algorithms: ["PS256"], proofWindowSeconds: 30, nonceStepSeconds: 120 },
      clients: [{ ...client, dpopBoundAccessTokens: true, dpopNonceRequired: true }],
    });

    const response = await fetch(`${url}/partner/v1/oauth/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: "a",
        client_secret: secret,
      }),
    });

    expect(await readAlgorithms(url)).toEqual(["PS256"]);
    expect(await response.json()).toMatchObject({ error: "invalid_dpop_proof" });
  });

  it("MD-11 switches DPoP off by null", async () => {
    expect(await readAlgorithms(await start({ dpop: null, clients: [client] }))).toBeUndefined();
  });

  it.each([
    [{ dpop: { algorithms: ["RS256"] } }, /dpop\.algorithms/],
    [{ dpop: { proofWindowSeconds: 3600 } }, /dpop\.proofWindowSeconds/],
    [{ dpop: { nonceSecret: "short" } }, /dpop\.nonceSecret/],
    [{ dpop: { window: 60 } }, /dpop/],
    [{ clients: [{ ...client, dpopBoundAccessTokens: "yes" }] }, /dpopBoundAccessTokens/],
  ])("says in one line what is wrong with %j", async (configuration, expected) => {
    const path = await writeConfiguration(configuration);

    const { status, stderr } = spawnSync(process.execPath, [bin, "--config", path], {
      encoding: "utf8",
    });

    expect(status).toBe(2);
    expect(stderr).toMatch(expected);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).not.toContain(secret);
  });
});
