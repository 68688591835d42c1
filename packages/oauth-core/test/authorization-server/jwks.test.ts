import { describe, expect, it } from "vitest";

import { jwkThumbprint, signCompactJws } from "@credicorp/oauth-core/jwt";
import type { PrivateJwk } from "@credicorp/oauth-core/protocol";
import { parseJwkSet } from "@credicorp/oauth-core/protocol";

import { bytes, digest } from "../support/node-ports.ts";
import {
  basic,
  createTestServer,
  engine,
  paths,
  readToken,
  secrets,
} from "./support/test-server.ts";

describe("JWKS", () => {
  it("JWK-01 JWK-02 JWK-03 AT-07 shows public keys with use, alg and the thumbprint as kid", async () => {
    const server = await createTestServer();
    await server.rotate("Ed25519");

    const { body, json } = await server.request({ target: paths.jwks });
    const keys = json["keys"] as PrivateJwk[];

    expect(keys.map(({ alg, use }) => [alg, use])).toEqual([
      ["ES256", "sig"],
      ["Ed25519", "sig"],
    ]);
    for (const key of keys) {
      expect(Object.keys(key)).not.toContain("d");
      expect(key.kid).toBe(await jwkThumbprint(key, { bytes, digest }));
    }
    expect(parseJwkSet(body, 10)).toMatchObject({ ok: true, value: { refused: 0 } });
  });

  it("JWK-04 JWK-06 announces a key before it signs, keeps the old one for its tokens, then removes it", async () => {
    const server = await createTestServer();
    const [first] = await server.ports.keys.list();
    const second = await server.rotate("ES256", 300);
    const kids = async (): Promise<unknown[]> =>
      ((await server.request({ target: paths.jwks })).json["keys"] as PrivateJwk[]).map(
        ({ kid }) => kid,
      );
    const signer = async (): Promise<unknown> =>
      (await readToken(server, await server.issueToken())).header["kid"];

    expect([await kids(), await signer()]).toEqual([[first?.id, second.kid], first?.id]);
    server.clock.advance(299);
    expect(await signer()).toBe(first?.id);
    server.clock.advance(1);
    expect([await kids(), await signer()]).toEqual([[first?.id, second.kid], second.kid]);
    server.clock.advance(3600 + 299);
    expect(await kids()).toEqual([first?.id, second.kid]);
    server.clock.advance(1);
    expect([await kids(), await signer()]).toEqual([[second.kid], second.kid]);
  });

  it("JWK-04 stops the tokens of a removed key", async () => {
    const server = await createTestServer();
    const [first] = await server.ports.keys.list();
    const token = await server.issueToken();
    if (first === undefined) throw new Error("no key");
    await server.rotate();

    const asApi = { headers: [basic("api", secrets.api)] };
    const before = await server.post(paths.introspection, { token }, asApi);
    const row = await server.ports.keys.get(first.id);
    await server.ports.keys.compareAndSet(first.id, row?.version ?? 0, {
      ...first.value,
      removeAt: server.clock.now(),
    });
    const after = await server.post(paths.introspection, { token }, asApi);

    expect([before.json["active"], after.json["active"]]).toEqual([true, false]);
  });

  it("AT-07 JWK-03 binds a key to its algorithm: a token that names another is inactive, though the key has signed it", async () => {
    const server = await createTestServer();
    const [key] = await server.ports.keys.list();
    const good = await server.issueToken();
    const { header, claims } = await readToken(server, good);
    if (key === undefined) throw new Error("no key");
    const signAs = async (alg: string): Promise<string> => {
      const imported = await engine.importSigningKey(key.value.jwk, "ES256");
      if (!imported.ok) throw new Error(imported.failure);
      const encodedHeader = bytes.encodeBase64url(
        bytes.encodeUtf8(JSON.stringify({ ...header, alg })),
      );
      return signCompactJws(
        { encodedHeader, claims, key: imported.value },
        { bytes, signatureEngine: engine },
      );
    };
    const isActive = async (token: string): Promise<unknown> => {
      const asApi = { headers: [basic("api", secrets.api)] };
      return (await server.post(paths.introspection, { token }, asApi)).json["active"];
    };

    expect(await isActive(await signAs("ES256"))).toBe(true);
    for (const algorithm of ["ES384", "Ed25519", "PS256"]) {
      expect(await isActive(await signAs(algorithm))).toBe(false);
      expect(server.events.at(-1)).toMatchObject({ why: "key_not_found" });
    }
  });

  it("JWK-04 rotates many times while tokens are issued and introspected, and none fails", async () => {
    const server = await createTestServer({
      limits: { token: null, introspection: null, address: null },
    });
    const asApi = { headers: [basic("api", secrets.api)] };
    const work = async (): Promise<unknown> => {
      const token = await server.issueToken();
      return (await server.post(paths.introspection, { token }, asApi)).json["active"];
    };

    const rounds = Array.from({ length: 20 }, async (_, round) => {
      const results = await Promise.all([work(), work(), server.rotate(), work()]);
      server.clock.advance(round);
      return results.filter((result) => typeof result === "boolean");
    });

    expect((await Promise.all(rounds)).flat()).toEqual(Array.from({ length: 60 }, () => true));
  });

  it("JWK-04 never takes a key twice", async () => {
    const server = await createTestServer();
    const [key] = await server.ports.keys.list();
    if (key === undefined) throw new Error("no key");
    const { rotateKey } = await import("@credicorp/oauth-core/authorization-server");
    const again = {
      algorithm: "ES256",
      announceSeconds: 0,
      retainMarginSeconds: 0,
      jwk: key.value.jwk,
    } as const;

    await expect(rotateKey(again, server.ports)).rejects.toThrow(/never used twice/);
  });

  it.each([paths.jwks, paths.metadata])(
    "JWK-05 MD-12 may be kept, and answers 304 to who has it: %s",
    async (target) => {
      const server = await createTestServer({ documentMaxAgeSeconds: 120 });
      const first = await server.request({ target });
      const tag = first.header("etag") ?? "";
      const ask = (value: string): ReturnType<typeof server.request> =>
        server.request({ target, headers: [["If-None-Match", value]] });

      expect(first.header("cache-control")).toBe("public, max-age=120");
      expect(tag).toMatch(/^"[\w-]{22}"$/);
      for (const value of [tag, `W/${tag}`, `"other", ${tag}`, "*"]) {
        const response = await ask(value);
        expect([response.status, response.body, response.header("etag")]).toEqual([304, "", tag]);
      }
      expect((await ask('"other"')).status).toBe(200);
    },
  );

  it("JWK-05 changes its tag with the keys", async () => {
    const server = await createTestServer();
    const before = await server.request({ target: paths.jwks });
    await server.rotate();

    const headers = [["If-None-Match", before.header("etag") ?? ""]] as const;

    expect((await server.request({ target: paths.jwks, headers })).status).toBe(200);
    expect(before.header("content-type")).toBe("application/jwk-set+json");
  });
});
