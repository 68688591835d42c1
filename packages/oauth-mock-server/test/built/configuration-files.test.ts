import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { createAuthority, createSelfSigned } from "../support/certificates.ts";
import { sendForm } from "../support/tls-sandbox.ts";
import type { Running } from "./support/command.ts";
import { makeFolder, runEachToEnd, start } from "./support/command.ts";

const secret = "sandbox_test_Jq7Vn2kTzX4mWc9RbY5sPd8hLf3gAe6u";
const client = { id: "a", secret, tokenEndpointAuthMethod: "client_secret_post", scope: ["x"] };
const tls = {
  keyFile: "server.key",
  certFile: "server.pem",
  clientCertificateAuthorityFiles: ["authority.pem"],
};

/** Starts the command with a configuration, and other files beside it. */
async function startWith(
  configuration: object,
  files: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const folder = await makeFolder({ "sandbox.json": JSON.stringify(configuration), ...files });
  return start(["--config", join(folder, "sandbox.json")]);
}

async function readAlgorithms(url: string): Promise<unknown> {
  const response = await fetch(`${url}/.well-known/oauth-authorization-server`);
  const metadata = (await response.json()) as Record<string, unknown>;
  return metadata["dpop_signing_alg_values_supported"];
}

describe("a configuration file", () => {
  it("MD-11 DPOP-01 takes the options of DPoP for the server and a client, and faults from the first request on", async () => {
    const { line } = await startWith({
      dpop: { algorithms: ["PS256"], proofWindowSeconds: 30, nonceStepSeconds: 120 },
      clients: [{ ...client, dpopBoundAccessTokens: true, dpopNonceRequired: true }],
      seed: 1,
      // One rule of each kind of member.
      faults: [
        { fault: "server_error", endpoint: "jwks", times: 1, retryAfterSeconds: 3 },
        { fault: "expires_in", as: "string", client: "partner-basic", scope: "decisions:read" },
        { fault: "narrowed_scope", grants: ["decisions:read"], probability: 0.5, seed: 7 },
      ],
    });

    const response = await fetch(line.tokenEndpoint, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: "a",
        client_secret: secret,
      }),
    });
    const statuses = [];
    for (let turn = 0; turn < 2; turn += 1) {
      const { status, headers } = await fetch(`${line.url}/.well-known/jwks.json`);
      statuses.push([status, headers.get("retry-after")]);
    }

    expect(await readAlgorithms(line.url)).toEqual(["PS256"]);
    expect(await response.json()).toMatchObject({ error: "invalid_dpop_proof" });
    expect(statuses).toEqual([
      [503, "3"],
      [200, null],
    ]);
  });

  it("MD-11 has a client of its own and no limit, switches DPoP off by null, and its command ends with 0 on SIGTERM", async () => {
    const { line, child, ended } = await startWith({
      $schema: "https://example.com/schema.json",
      accessTokenLifetimeSeconds: 60,
      limits: { token: null },
      dpop: null,
      clients: [
        {
          id: "mine",
          secret: "Zk3vT9xQ_m2Lw8RbY5-sPdHc7",
          tokenEndpointAuthMethod: "client_secret_basic",
          scope: ["reports:read"],
        },
      ],
    });
    const [own] = line.clients;

    const response = await fetch(line.tokenEndpoint, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${own?.id}:${own?.secret}`)}` },
      body: new URLSearchParams({ grant_type: "client_credentials" }),
    });

    expect(await response.json()).toMatchObject({ expires_in: 60, scope: "reports:read" });
    expect(response.headers.get("ratelimit")).toBeNull();
    expect(await readAlgorithms(line.url)).toBeUndefined();
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  });

  it("HTTP-01 MTLS-01 names keys and certificates in files beside it", async () => {
    const authority = await createAuthority("CN=authority");
    const server = await createSelfSigned({ names: [{ type: "ip", value: "127.0.0.1" }] });
    const partner = {
      id: "partner",
      tokenEndpointAuthMethod: "tls_client_auth",
      tlsClientAuthSubjectDn: "CN=partner,O=Example",
      tlsClientCertificateBoundAccessTokens: true,
      scope: ["x"],
    };
    const { line } = await startWith(
      { tls, clients: [partner], profile: "fapi2" },
      { "server.key": server.key, "server.pem": server.cert, "authority.pem": authority.cert },
    );

    const certificate = await authority.issue();
    const { status } = await sendForm(line.url, { certificate, authority: server.cert });

    expect(line.url).toMatch(/^https:/);
    expect(status).toBe(200);
  });

  const wrong: readonly (readonly [text: string | object, rule: string | RegExp])[] = [
    ['{\n  "clients": [\n    { id: 1 }]}', ":3:7 is not JSON"],
    ['{"issuer": "http', ":1:17 is not JSON"],
    [{ client: [] }, "unknown option client"],
    [
      { clients: [{ id: "a", tokenEndpointAuthMethod: "none", scopes: [] }] },
      "unknown option scopes in clients[0]",
    ],
    [{ clients: [{ id: 1, tokenEndpointAuthMethod: "none" }] }, "wrong at clients[0].id"],
    [{ accessTokenLifetimeSeconds: 86_400 }, "wrong at accessTokenLifetimeSeconds"],
    [{ clients: [{ ...client, secret: "hunter2" }] }, 'clients["a"].secret has less than 128 bits'],
    [{ issuer: "http://example.com" }, "issuer must be https"],
    [{ dpop: { algorithms: ["RS256"] } }, /dpop\.algorithms/],
    [{ dpop: { proofWindowSeconds: 3600 } }, /dpop\.proofWindowSeconds/],
    [{ dpop: { nonceSecret: "short" } }, /dpop\.nonceSecret/],
    [{ dpop: { window: 60 } }, /dpop/],
    [{ clients: [{ ...client, dpopBoundAccessTokens: "yes" }] }, /dpopBoundAccessTokens/],
    [{ faults: [{ fault: "delay" }] }, /is wrong at faults\[0\]\.delayMs/],
    [{ faults: [{ fault: "delay", delayMs: 1.5 }] }, /faults\[0\]\.delayMs/],
    [
      { faults: [{ fault: "delay", delayMs: 1, delayMS: 2 }] },
      /unknown option delayMS in faults\[0\]/,
    ],
    [{ faults: [{ fault: "nothing" }] }, /faults\[0\]\.fault/],
    [{ faults: [{ fault: "expires_in", as: "never" }] }, /faults\[0\]\.as/],
    [{ faults: [{ fault: "narrowed_scope", grants: [""] }] }, /faults\[0\]\.grants\[0\]/],
    [{ faults: [{ fault: "unknown_kid", probability: 2 }] }, /faults\[0\]\.probability/],
    [{ faults: [{ fault: "unknown_kid", endpoint: "jwks" }] }, /faults\[0\] can never act/],
    [{ seed: -1 }, /is wrong at seed/],
    [{ tls }, /server\.key does not exist: check the path/],
    [{ tls: { ...tls, key: "PEM" } }, /unknown option key in tls/],
    [{ tls: { ...tls, keyFile: "sandbox.json", certFile: "sandbox.json" } }, /authority\.pem/],
    [{ clientCertificateHeader: { name: "Client-Cert" } }, /trustedProxies/],
    [{ clientCertificateHeader: "Client-Cert" }, /clientCertificateHeader/],
    [{ profile: "fapi1" }, /profile/],
  ];
  const path = "./sandbox.json";
  const texts = wrong.map(([text]) => (typeof text === "string" ? text : JSON.stringify(text)));
  const refused = runEachToEnd(
    texts.map((text) => ({
      commandLine: ["--config", path],
      files: { "sandbox.json": text },
    })),
  );

  it.each(wrong.map(([, rule], index) => ({ text: texts[index] ?? "", rule, index })))(
    "CMD-02 is refused with one line that names the place, exit code 2 and no secret: $text",
    ({ text, rule, index }) => {
      const { code, stdout, stderr } = refused[index] ?? {};

      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(/^oauth-mock-server: [^\n]+\n$/);
      // What is wrong with a file that it names is told by the path of that.
      expect(stderr).toMatch(text.includes('"tls"') ? /server\.key|in tls|authority\.pem/ : path);
      expect(stderr).toMatch(rule);
      expect(stderr).not.toContain("hunter2");
      expect(stderr).not.toContain(secret);
    },
  );
});
