import axios from "axios";
import { Agent, request as callApi } from "undici";
import { describe, expect, it } from "vitest";

import { createAuthAdapter } from "@credicorp/oauth-client/axios";
import { dpop } from "@credicorp/oauth-client/dpop";
import { privateKeyJwt } from "@credicorp/oauth-client/private-key-jwt";
import { createAuthInterceptor } from "@credicorp/oauth-client/undici";
import { signatureEngine } from "@credicorp/oauth-runtime";

import type { Answer, SeenRequest, TestServer } from "./support/authorization-server.ts";
import { startTestServer } from "./support/authorization-server.ts";
import type { Setup } from "./support/client.ts";
import { rejectionOf, setUp } from "./support/client.ts";
import { claimsOf } from "./support/dpop.ts";

const key = await signatureEngine.generateKeyPair("ES256");

async function setUpDpop(options: Parameters<typeof setUp>[0] = {}): Promise<Setup> {
  const setup = await setUp({ dpop: dpop({ key }), ...options });
  setup.server.tokenMembers["token_type"] = "DPoP";
  return setup;
}

const nonceOf = (request: SeenRequest): string | undefined => claimsOf(request).nonce;

/** Makes a token endpoint that takes proofs with this nonce only. */
function demandAtTokenEndpoint({ server }: Setup, nonce: () => string): void {
  server.script.token = (request) =>
    nonceOf(request) === nonce()
      ? undefined
      : {
          status: 400,
          headers: { "dpop-nonce": nonce() },
          body: { error: "use_dpop_nonce" },
        };
}

/** Makes an API that takes proofs with this nonce only, and gives the next one with each answer. */
function demandAtApi(server: TestServer, nonce: () => string, next: () => string = nonce): void {
  server.script.api = (request): Answer =>
    nonceOf(request) === nonce()
      ? { headers: { "dpop-nonce": next() }, body: { title: "taken" } }
      : {
          status: 401,
          headers: { "dpop-nonce": nonce(), "www-authenticate": 'DPoP error="use_dpop_nonce"' },
          body: { title: "give me the nonce" },
        };
}

describe("the nonce of a token endpoint", () => {
  it("CLI-24 is repeated in a second request, and in the first of the next token", async () => {
    await using setup = await setUpDpop();
    demandAtTokenEndpoint(setup, () => "nonce-1");

    await setup.client.getToken();
    await setup.client.getToken({ scope: ["a"] });

    expect(setup.server.tokenRequests().map(nonceOf)).toEqual([undefined, "nonce-1", "nonce-1"]);
    expect(setup.events.map(({ type }) => type)).not.toContain("failed");
  });

  it("CLI-24 is taken from every answer", async () => {
    await using setup = await setUpDpop();
    const { client, server } = setup;
    let count = 0;
    server.script.token = () => ({
      headers: { "dpop-nonce": `nonce-${(count += 1)}` },
      body: { access_token: `token-${count}`, token_type: "DPoP" },
    });

    for (const scope of ["a", "b", "c"]) await client.getToken({ scope: [scope] });

    expect(server.tokenRequests().map(nonceOf)).toEqual([undefined, "nonce-1", "nonce-2"]);
  });

  it("CLI-24 is asked for once: a server that is never content gets two requests", async () => {
    await using setup = await setUpDpop();
    let count = 0;
    demandAtTokenEndpoint(setup, () => `nonce-${(count += 1)}`);

    const error = await rejectionOf(setup.client.getToken());

    expect(error).toMatchObject({
      error: "use_dpop_nonce",
      retryable: false,
      hint: expect.stringContaining("nodes"),
    });
    expect(setup.server.tokenRequests()).toHaveLength(2);
  });

  it.each([
    ["is missing", {}],
    ["cannot be repeated", { "dpop-nonce": 'a"b' }],
  ])("CLI-24 is not guessed when it %s", async (_name, headers) => {
    await using setup = await setUpDpop();
    const body = { error: "use_dpop_nonce" };
    setup.server.script.token = () => ({ status: 400, headers, body });

    await rejectionOf(setup.client.getToken());

    expect(setup.server.tokenRequests()).toHaveLength(1);
  });

  it("CLI-24 goes with a new assertion", async () => {
    await using setup = await setUpDpop({ authentication: privateKeyJwt({ key }) });
    demandAtTokenEndpoint(setup, () => "nonce-1");

    await setup.client.getToken();

    const assertions = setup.server.tokenRequests().map(({ form }) => form.get("client_assertion"));
    expect(new Set(assertions).size).toBe(2);
  });

  it("CLI-33 is found out once where there are two secrets", async () => {
    await using setup = await setUpDpop({ clientSecret: ["new-secret", "old-secret"] });
    const { client, server } = setup;
    server.script.token = (request) => {
      if (nonceOf(request) !== "nonce-1") {
        return {
          status: 400,
          headers: { "dpop-nonce": "nonce-1" },
          body: { error: "use_dpop_nonce" },
        };
      }
      const isOld = request.authorization === `Basic ${btoa("partner:old-secret")}`;
      return isOld ? undefined : { status: 401, body: { error: "invalid_client" } };
    };

    await client.getToken();

    expect(server.tokenRequests().map(nonceOf)).toEqual([undefined, "nonce-1", "nonce-1"]);
  });
});

describe("the nonce of an API", () => {
  it("CLI-24 is repeated in a second call, with the same token and body", async () => {
    await using setup = await setUpDpop();
    const { client, server } = setup;
    demandAtApi(server, () => "nonce-1");

    const response = await client.fetch("/partner/v1/applications", { method: "POST", body: "a" });

    expect(response.status).toBe(200);
    expect(server.apiCalls().map(nonceOf)).toEqual([undefined, "nonce-1"]);
    expect(server.apiCalls().map(({ body }) => body)).toEqual(["a", "a"]);
    expect(server.tokenRequests()).toHaveLength(1);
  });

  it("CLI-24 is taken from every answer", async () => {
    await using setup = await setUpDpop();
    const { client, server } = setup;
    let count = 1;
    demandAtApi(
      server,
      () => `nonce-${count}`,
      () => `nonce-${(count += 1)}`,
    );

    for (let call = 0; call < 3; call += 1) await client.fetch("/partner/v1/applications");

    expect(server.apiCalls().map(nonceOf)).toEqual([undefined, "nonce-1", "nonce-2", "nonce-3"]);
  });

  it("CLI-24 reaches an undici dispatcher and axios, too", async () => {
    await using setup = await setUpDpop();
    const { client, server } = setup;
    const dispatcher = new Agent().compose(createAuthInterceptor(client));
    const adapter = createAuthAdapter(client, axios.getAdapter("http"));
    let count = 1;
    demandAtApi(
      server,
      () => `nonce-${count}`,
      () => `nonce-${(count += 1)}`,
    );

    const statuses: number[] = [];
    for (let call = 0; call < 2; call += 1) {
      const url = `${server.url}/partner/v1/applications`;
      const answer = await callApi(url, { dispatcher, method: "POST", body: "a" });
      await answer.body.dump();
      statuses.push(answer.statusCode, (await axios.get(url, { adapter })).status);
    }
    await dispatcher.close();

    expect(statuses).toEqual([200, 200, 200, 200]);
    // One call was repeated, the very first; then each answer brought the next nonce.
    expect(server.apiCalls().map(nonceOf)).toEqual([
      undefined,
      "nonce-1",
      "nonce-2",
      "nonce-3",
      "nonce-4",
    ]);
  });

  it("CLI-24 is asked for once per call", async () => {
    await using setup = await setUpDpop();
    const { client, server } = setup;
    let count = 0;
    demandAtApi(server, () => `nonce-${(count += 1)}`);

    const response = await client.fetch("/partner/v1/applications");

    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ title: "give me the nonce" });
    expect(server.apiCalls()).toHaveLength(2);
    expect(server.tokenRequests()).toHaveLength(1);
  });

  it("CLI-24 is kept for the next call when a body cannot be sent again", async () => {
    await using setup = await setUpDpop();
    const { client, server } = setup;
    demandAtApi(server, () => "nonce-1");
    const send = (): Promise<Response> => {
      const body = new Blob(["a"]).stream();
      const init = { method: "POST", body, duplex: "half" };
      return client.fetch("/partner/v1/applications", init as RequestInit);
    };

    const first = await send();
    const second = await send();

    expect([first.status, second.status]).toEqual([401, 200]);
    expect(server.apiCalls()).toHaveLength(2);
  });

  it("CLI-24 is kept per origin, and apart from that of the token endpoint", async () => {
    await using api = await startTestServer();
    await using setup = await setUpDpop({ allowedOrigins: [api.url] });
    const { client, server } = setup;
    demandAtTokenEndpoint(setup, () => "token-nonce");
    demandAtApi(server, () => "own-nonce");
    demandAtApi(api, () => "other-nonce");

    for (let call = 0; call < 2; call += 1) {
      await client.fetch(`${api.url}/partner/v1/applications`);
      await client.fetch("/partner/v1/applications");
    }
    await client.getToken({ scope: ["a"] });

    expect(api.apiCalls().map(nonceOf)).toEqual([undefined, "other-nonce", "other-nonce"]);
    expect(server.apiCalls().map(nonceOf)).toEqual(["token-nonce", "own-nonce", "own-nonce"]);
    expect(server.tokenRequests().map(nonceOf)).toEqual([undefined, "token-nonce", "token-nonce"]);
  });

  it("CLI-24 reaches many calls at once, each with a proof of its own", async () => {
    await using setup = await setUpDpop();
    const { client, server } = setup;
    demandAtApi(server, () => "nonce-1");

    const calls = Array.from({ length: 32 }, () => client.fetch("/partner/v1/applications"));
    const statuses = (await Promise.all(calls)).map(({ status }) => status);

    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(new Set(server.apiCalls().map((call) => claimsOf(call).jti)).size).toBe(
      server.apiCalls().length,
    );
  });
});
