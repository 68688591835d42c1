import { describe, expect, it } from "vitest";

import type { KeyRecord } from "@credicorp/oauth-core/authorization-server";
import { createMemoryRecordStore } from "@credicorp/oauth-core/authorization-server";

import type { TestServer } from "./support/test-server.ts";
import { basic, createTestServer, paths, readToken, secrets } from "./support/test-server.ts";

const asApi = { headers: [basic("api", secrets.api)] };

async function isActive(server: TestServer, token: string): Promise<unknown> {
  return (await server.post(paths.introspection, { token }, asApi)).json["active"];
}

async function publishedKids(server: TestServer): Promise<readonly unknown[]> {
  const { json } = await server.request({ target: paths.jwks });
  return (json["keys"] as { readonly kid: string }[]).map(({ kid }) => kid);
}

async function signingKid(server: TestServer): Promise<string> {
  return String((await readToken(server, await server.issueToken())).header["kid"]);
}

describe("revocation by key", () => {
  it("REV-05 ends the only key: out of the JWKS at once, its tokens inactive, a new key signs", async () => {
    const server = await createTestServer();
    const token = await server.issueToken();
    const kid = await signingKid(server);

    const revoked = await server.revokeKey(kid);

    const after = await server.issueToken();
    expect(revoked).toEqual({ kid, successorKid: expect.any(String) });
    expect(await publishedKids(server)).toEqual([revoked?.successorKid]);
    expect(await isActive(server, token)).toBe(false);
    expect((await readToken(server, after)).header["kid"]).toBe(revoked?.successorKid);
    expect(await isActive(server, after)).toBe(true);
    expect(server.events.find(({ type }) => type === "key_revoked")).toMatchObject({
      kid,
      successorKid: revoked?.successorKid,
    });
  });

  it("REV-05 holds on a node whose key store lags behind", async () => {
    const node = await createTestServer();
    const token = await node.issueToken();
    const kid = await signingKid(node);
    const rows = await node.ports.keys.list();
    const lagging = { ...node.ports.keys, list: () => rows };
    const otherNode = await createTestServer({}, { ...node.ports, keys: lagging });
    expect(await isActive(otherNode, token)).toBe(true);

    await node.revokeKey(kid);

    expect(await isActive(otherNode, token)).toBe(false);
    expect(node.events.at(-1)).toMatchObject({ why: "revoked" });
  });

  it("ends a key that is retained without making another, and leaves the signing one alone", async () => {
    const server = await createTestServer();
    const kid = await signingKid(server);
    const old = await server.issueToken();
    server.clock.advance(1);
    const successor = await server.rotate();
    const young = await server.issueToken();

    expect(await server.revokeKey(kid)).toEqual({ kid, successorKid: undefined });

    expect(await publishedKids(server)).toEqual([successor.kid]);
    expect([await isActive(server, old), await isActive(server, young)]).toEqual([false, true]);
  });

  it("ends a key that is announced, and lets a new one sign for good where its predecessor was to end", async () => {
    const server = await createTestServer();
    const token = await server.issueToken();
    const announced = await server.rotate("ES256", 300);

    const revoked = await server.revokeKey(announced.kid);

    expect(revoked?.successorKid).toEqual(expect.any(String));
    for (const seconds of [0, 299, 2, 100_000]) {
      server.clock.advance(seconds);
      const { header } = await readToken(server, await server.issueToken());
      expect(header["kid"]).toBe(revoked?.successorKid);
    }
    server.clock.setNow(1_700_000_010);
    expect(await isActive(server, token)).toBe(true);
  });

  it("ends the signing key while its successor is announced, without a moment that has no key", async () => {
    const server = await createTestServer();
    const kid = await signingKid(server);
    const announced = await server.rotate("ES256", 300);

    const revoked = await server.revokeKey(kid);

    const kids: unknown[] = [];
    for (const seconds of [0, 299, 2]) {
      server.clock.advance(seconds);
      kids.push((await readToken(server, await server.issueToken())).header["kid"]);
    }
    expect(kids).toEqual([revoked?.successorKid, revoked?.successorKid, announced.kid]);
  });

  it("brings no revoked key to life again when the clock is set back", async () => {
    const server = await createTestServer();
    server.clock.advance(100);
    const kid = await signingKid(server);
    const token = await server.issueToken();

    await server.revokeKey(kid);
    server.clock.advance(-50);

    expect(await publishedKids(server)).not.toContain(kid);
    expect(await isActive(server, token)).toBe(false);
  });

  it("leaves keys of other algorithms alone", async () => {
    const server = await createTestServer();
    const kid = await signingKid(server);
    const other = await server.rotate("Ed25519");

    const revoked = await server.revokeKey(kid);

    expect(new Set(await publishedKids(server))).toEqual(
      new Set([other.kid, revoked?.successorKid]),
    );
  });

  it("may be asked twice and by many at once, and some key signs in the end", async () => {
    const server = await createTestServer();
    const kid = await signingKid(server);
    const token = await server.issueToken();

    await Promise.all(Array.from({ length: 5 }, () => server.revokeKey(kid)));
    await server.revokeKey(kid);

    expect(await publishedKids(server)).not.toContain(kid);
    expect(await isActive(server, token)).toBe(false);
    expect(await isActive(server, await server.issueToken())).toBe(true);
  });

  it("does nothing for a key that is not there", async () => {
    const server = await createTestServer();

    expect(await server.revokeKey("no-such-key")).toBeUndefined();

    expect((await server.ports.revocationFeed.poll(undefined)).revocations).toEqual([]);
    expect(server.events).toEqual([]);
  });

  it("may be repeated after the feed failed, and never leaves the server without a key", async () => {
    const server = await createTestServer();
    let isDown = true;
    const node = await createTestServer(
      {},
      {
        ...server.ports,
        revocationFeed: {
          ...server.ports.revocationFeed,
          append: (revocation) => {
            if (isDown) throw new Error("no connection");
            return server.ports.revocationFeed.append(revocation);
          },
        },
      },
    );

    const token = await node.issueToken();
    const kid = await signingKid(node);

    await expect(node.revokeKey(kid)).rejects.toThrow("The store revocationFeed failed");
    expect(await isActive(server, await node.issueToken())).toBe(true);
    isDown = false;
    await node.revokeKey(kid);

    expect(await isActive(server, token)).toBe(false);
    expect(await isActive(server, await node.issueToken())).toBe(true);
  });

  it("makes the successor before it tells anybody, and tells before the key leaves", async () => {
    const steps: string[] = [];
    const keys = createMemoryRecordStore<KeyRecord>();
    const server = await createTestServer({}, { keys });
    let kid = "";
    const node = await createTestServer(
      {},
      {
        ...server.ports,
        keys: {
          ...keys,
          compareAndSet: (id, version, value) => {
            steps.push(id === kid ? `row ${value?.removeAt}` : "successor");
            return keys.compareAndSet(id, version, value);
          },
        },
        revocationFeed: {
          ...server.ports.revocationFeed,
          append: (revocation) => {
            steps.push(revocation.kind);
            return server.ports.revocationFeed.append(revocation);
          },
        },
      },
    );
    kid = await signingKid(node);
    steps.length = 0;

    await node.revokeKey(kid);

    expect(steps).toContain("successor");
    expect(steps.indexOf("key")).toBeGreaterThan(steps.indexOf("successor"));
    expect(steps.indexOf("key")).toBeLessThan(steps.indexOf("row 0"));
  });
});
