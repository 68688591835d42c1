import { describe, expect, it } from "vitest";

import { createMemoryRevocationFeed } from "@credicorp/oauth-core/authorization-server";
import { createControlledClock } from "@credicorp/oauth-core/testing";

import type { TestServer } from "./support/test-server.ts";
import { basic, createTestServer, paths, secrets } from "./support/test-server.ts";

const asApi = { headers: [basic("api", secrets.api)] };
const asOther = { headers: [basic("other", secrets.other)] };

async function isActive(server: TestServer, token: string): Promise<unknown> {
  return (await server.post(paths.introspection, { token }, asApi)).json["active"];
}

describe("revocation endpoint", () => {
  it("REV-01 authenticates the client first, and then requires a token", async () => {
    const server = await createTestServer();
    const token = await server.issueToken();

    const stranger = await server.post(paths.revocation, { token }, { headers: [] });
    const empty = await server.post(paths.revocation, {});

    expect(stranger).toMatchObject({ status: 401, json: { error: "invalid_client" } });
    expect(empty).toMatchObject({ status: 400, json: { error: "invalid_request" } });
    expect(await isActive(server, token)).toBe(true);
  });

  it("REV-02 REV-05 REV-06 answers 200 with no body, and the token is inactive at once", async () => {
    const server = await createTestServer();
    const token = await server.issueToken();

    const response = await server.post(paths.revocation, { token });

    expect([response.status, response.body]).toEqual([200, ""]);
    expect(response.header("cache-control")).toBe("no-store");
    expect(await isActive(server, token)).toBe(false);
  });

  it("REV-05 tells the feed for as long as a tolerant verifier might accept the token", async () => {
    const server = await createTestServer();
    const token = await server.issueToken();
    const { exp, jti } = (await server.post(paths.introspection, { token }, asApi)).json;

    await server.post(paths.revocation, { token });

    expect((await server.ports.revocationFeed.poll(undefined)).revocations).toEqual([
      { kind: "token", jti, expiresAt: Number(exp) + 300 },
    ]);
  });

  it("REV-05 holds on every node that shares the feed", async () => {
    const node = await createTestServer();
    const otherNode = await createTestServer({}, { ...node.ports });
    const token = await node.issueToken();

    await node.post(paths.revocation, { token });

    expect(await isActive(otherNode, token)).toBe(false);
  });

  it.each(["no-such-token", "a.b.c", "\u00e9"])(
    "REV-02 answers 200 for the invalid token %s",
    async (token) => {
      const server = await createTestServer();

      expect((await server.post(paths.revocation, { token })).status).toBe(200);
      expect(server.events.at(-1)).toMatchObject({ type: "revocation_ignored" });
    },
  );

  it.each(["access_token", "refresh_token", "nonsense"])(
    "REV-03 ignores the hint %s",
    async (hint) => {
      const server = await createTestServer();
      const token = await server.issueToken();

      await server.post(paths.revocation, { token, token_type_hint: hint });

      expect(await isActive(server, token)).toBe(false);
    },
  );

  it("REV-04 answers as always for another client's token, revokes nothing, and reports it", async () => {
    const server = await createTestServer();
    const token = await server.issueToken();

    const foreign = await server.post(paths.revocation, { token }, asOther);
    const byApi = await server.post(paths.revocation, { token }, asApi);

    expect([foreign.status, foreign.body, byApi.status]).toEqual([200, "", 200]);
    expect(await isActive(server, token)).toBe(true);
    expect(server.events.filter(({ type }) => type === "revocation_ignored")).toMatchObject([
      { clientId: "other", why: "foreign_client" },
      { clientId: "api", why: "foreign_client" },
    ]);
  });

  it("REV-07 answers 503 with Retry-After when nothing could be stored: the token is still valid", async () => {
    const feed = createMemoryRevocationFeed(createControlledClock());
    const failing = { ...feed, append: () => Promise.reject(new Error("no connection")) };
    const server = await createTestServer({}, { revocationFeed: failing });
    const token = await server.issueToken();

    const response = await server.post(paths.revocation, { token });

    expect(response).toMatchObject({ status: 503, json: { error: "temporarily_unavailable" } });
    expect(response.header("retry-after")).toBe("1");
    expect(await isActive(server, token)).toBe(true);
  });

  it("REV-08 answers 200 for an expired token", async () => {
    const server = await createTestServer();
    const token = await server.issueToken();
    server.clock.advance(1000);

    expect((await server.post(paths.revocation, { token })).status).toBe(200);
  });

  it("REV-09 may be asked twice, and by many at once", async () => {
    const server = await createTestServer();
    const token = await server.issueToken();

    const all = await Promise.all(
      Array.from({ length: 20 }, () => server.post(paths.revocation, { token })),
    );

    expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(await isActive(server, token)).toBe(false);
  });
});
