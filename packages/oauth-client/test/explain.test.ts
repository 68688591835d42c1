import type { ClientExplanation } from "@credicorp/oauth-client";
import { createOAuthClient } from "@credicorp/oauth-client";
import { createMemoryTokenStore } from "@credicorp/oauth-core/token-cache";
import { expect, it } from "vitest";
import { rejectionOf, setUp } from "./support/client.ts";
import { createControlledPorts } from "./support/controlled-ports.ts";

function own(explained: readonly ClientExplanation[]): ClientExplanation {
  const [first] = explained;
  if (first === undefined) throw new Error("Nothing is explained");
  return first;
}

it("explains nothing before the first call", async () => {
  await using setup = await setUp();

  expect(setup.client.explain()).toEqual([]);
});

it("explains a token that was waited for, then hit, then served while another is fetched", async () => {
  const { clock, ports } = createControlledPorts();
  await using setup = await setUp({ ports, scope: ["decisions:read"], tokenDelayMs: 20 });
  const { client } = setup;
  await client.getToken();

  expect(own(client.explain())).toMatchObject({
    requested: { scope: ["decisions:read"], resources: [] },
    freshness: "fresh",
    served: "joined",
    held: { ageSeconds: 0, expiresAt: clock.now() + 900, nextRefreshAt: clock.now() + 450 },
  });
  await client.getToken();
  expect(own(client.explain()).served).toBe("hit");
  clock.advance(500);
  await client.getToken();
  expect(own(client.explain())).toMatchObject({
    served: "background",
    freshness: "ageing",
    isRequesting: true,
    held: { ageSeconds: 500, nextRefreshAt: clock.now() },
  });
});

it("explains that a token was forced by a rejection", async () => {
  const { clock, ports } = createControlledPorts();
  await using setup = await setUp({ ports });
  const { client, server } = setup;
  await client.getToken();
  clock.advance(5);
  server.validTokens.clear();
  await client.fetch("/partner/v1/applications");

  expect(own(client.explain()).served).toBe("forced");
});

it("explains that another process had asked for a token", async () => {
  const { clock, ports } = createControlledPorts();
  const store = createMemoryTokenStore(clock);
  await using setup = await setUp({ ports, store });
  await setup.client.getToken();
  await using other = createOAuthClient({
    baseUrl: setup.server.url,
    clientId: "partner",
    clientSecret: "planted-secret",
    store,
    ports: { clock },
  });
  await other.getToken();

  expect(own(other.explain()).served).toBe("shared");
});

it("explains an outage, and its error when it is over", async () => {
  const { clock, ports } = createControlledPorts();
  await using setup = await setUp({ ports });
  const { client, server } = setup;
  server.script.token = () => ({
    status: 401,
    body: { error: "invalid_client" },
    headers: { "x-request-id": "42" },
  });
  await rejectionOf(client.getToken());
  const lastError = { kind: "oauth", code: "ERR_OAUTH_RESPONSE", requestId: "42", at: clock.now() };

  expect(own(client.explain())).toMatchObject({
    freshness: "none",
    served: undefined,
    lastError,
    outage: { attempts: 1, since: clock.now() },
  });
  delete server.script.token;
  clock.advance(60);
  await client.getToken();
  expect(own(client.explain())).toMatchObject({ served: "joined", outage: undefined, lastError });
});

it("CLI-32 explains each scope apart, as plain data without token, secret or client id", async () => {
  await using setup = await setUp({ scope: ["a"] });
  await setup.client.getToken();
  await setup.client.with({ scope: ["b"] }).getToken();

  const explained = setup.client.explain();

  expect(explained.map(({ requested }) => requested.scope)).toEqual([["a"], ["b"]]);
  expect(structuredClone(explained)).toEqual(explained);
  const text = JSON.stringify(explained);
  for (const word of ["access-token", "planted", "partner"]) expect(text).not.toContain(word);
});
