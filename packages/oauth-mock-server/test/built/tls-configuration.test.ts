import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it, onTestFinished } from "vitest";

import { createAuthority, createSelfSigned } from "../support/certificates.ts";
import { sendForm } from "../support/tls-sandbox.ts";

const bin = fileURLToPath(new URL("../../bin/oauth-mock-server.js", import.meta.url));
const tls = {
  keyFile: "server.key",
  certFile: "server.pem",
  clientCertificateAuthorityFiles: ["authority.pem"],
};

async function writeFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "oauth-mock-server-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return join(folder, "sandbox.json");
}

describe("TLS in a configuration file", () => {
  it("HTTP-01 MTLS-01 reads keys and certificates from files beside it", async () => {
    const authority = await createAuthority("CN=authority");
    const server = await createSelfSigned({ names: [{ type: "ip", value: "127.0.0.1" }] });
    const partner = {
      id: "partner",
      tokenEndpointAuthMethod: "tls_client_auth",
      tlsClientAuthSubjectDn: "CN=partner,O=Example",
      tlsClientCertificateBoundAccessTokens: true,
      scope: ["x"],
    };
    const path = await writeFolder({
      "sandbox.json": JSON.stringify({ tls, clients: [partner], profile: "fapi2" }),
      "server.key": server.key,
      "server.pem": server.cert,
      "authority.pem": authority.cert,
    });
    const child = spawn(process.execPath, [bin, "--port", "0", "--config", path]);
    onTestFinished(() => void child.kill("SIGKILL"));
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const { url } = JSON.parse(line.toString("utf8")) as { readonly url: string };

    const certificate = await authority.issue();
    const { status } = await sendForm(url, { certificate, authority: server.cert });

    expect(url).toMatch(/^https:/);
    expect(status).toBe(200);
  });

  it.each([
    [{ tls }, /server\.key does not exist: check the path/],
    [{ tls: { ...tls, key: "PEM" } }, /unknown option key in tls/],
    [{ tls: { ...tls, keyFile: "sandbox.json", certFile: "sandbox.json" } }, /authority\.pem/],
    [{ clientCertificateHeader: { name: "Client-Cert" } }, /trustedProxies/],
    [{ clientCertificateHeader: "Client-Cert" }, /clientCertificateHeader/],
    [{ profile: "fapi1" }, /profile/],
  ])("says in one line what is wrong with %j", async (configuration, expected) => {
    const path = await writeFolder({ "sandbox.json": JSON.stringify(configuration) });

    const { status, stderr } = spawnSync(process.execPath, [bin, "--config", path], {
      encoding: "utf8",
    });

    expect(status).toBe(2);
    expect(stderr).toMatch(expected);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});
