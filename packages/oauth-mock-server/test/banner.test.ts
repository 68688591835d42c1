import { createSandbox, defaultClients } from "@credicorp/oauth-mock-server";
import type { SandboxOptions } from "@credicorp/oauth-mock-server";
import { describe, expect, it } from "vitest";

import { formatBanner } from "../src/command/banner.ts";
import type { RunningSandbox } from "../src/command/start-line.ts";

async function bannerOf(
  options: SandboxOptions,
  certificates?: RunningSandbox["certificates"],
): Promise<string> {
  await using sandbox = await createSandbox(options);
  const { issuer, adminUrl, adminToken } = sandbox;
  const clients = sandbox.clients.list();
  return formatBanner({ url: issuer, issuer, clients, adminUrl, adminToken, certificates });
}

describe("the banner, of the client with a certificate", () => {
  const line = /^ {2}partner-mtls .*is there when you start with --tls: /m;

  it.each<readonly [string, SandboxOptions]>([
    ["plainly", {}],
    ["by FAPI 2.0", { profile: "fapi2" }],
  ])("CMD-01 says how to get it when started %s", async (_name, options) => {
    const banner = await bannerOf(options);

    expect(banner).toMatch(line);
    expect(banner).not.toContain("with a certificate:");
  });

  it("CMD-01 says nothing of it where the clients are one's own", async () => {
    const [basic] = defaultClients;
    const own = { ...basic, id: "own", tokenEndpointAuthMethod: "client_secret_basic" } as const;

    expect(await bannerOf({ clients: [own] })).not.toContain("partner-mtls");
  });

  it("CMD-01 does not say so where there are certificates", async () => {
    const file = "x.pem";
    const certificates = { authorityFile: file, clientCertificateFile: file, clientKeyFile: file };

    expect(await bannerOf({}, certificates)).not.toMatch(line);
  });
});
