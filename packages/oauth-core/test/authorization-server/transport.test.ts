import { describe, expect, it, vi } from "vitest";

import type { Digest, Peer } from "@credicorp/oauth-core";

import { digest } from "../support/node-ports.ts";
import type { TestResponse } from "./support/test-server.ts";
import {
  audience,
  basic,
  createTestServer,
  issuer,
  paths,
  secrets,
} from "./support/test-server.ts";

const grant = "grant_type=client_credentials";
const formType = ["Content-Type", "application/x-www-form-urlencoded"] as const;
const posts = [paths.token, paths.introspection, paths.revocation];
const documents = [paths.metadata, paths.jwks];

describe("transport", () => {
  it("HTTP-01 refuses an issuer on plain http elsewhere than on loopback, without the flag", async () => {
    const resources = [{ identifier: audience, scopes: [] }];
    const insecure = { issuer: "http://hub.example.com", resources };

    await expect(createTestServer(insecure)).rejects.toMatchObject({ option: "issuer" });
    await expect(createTestServer({ ...insecure, allowInsecureHttp: true })).resolves.toBeDefined();
    await expect(createTestServer({ issuer: "http://127.0.0.1:9400" })).resolves.toBeDefined();
  });

  it.each(posts)(
    "HTTP-01 refuses credentials that came without TLS from another machine, at %s",
    async (target) => {
      const sha256 = vi.fn<Digest["sha256"]>(digest.sha256);
      const server = await createTestServer({}, { digest: { ...digest, sha256 } });
      sha256.mockClear();
      const send = (peer: Peer): Promise<TestResponse> =>
        server.request({
          method: "POST",
          target,
          headers: [formType, basic("basic", secrets.basic)],
          body: `${grant}&token=x`,
          peer,
        });

      for (const address of [
        "192.0.2.1",
        "10.0.0.1",
        "2001:db8::1",
        "128.0.0.1",
        "127.0.0.1.example",
        "127.0.0.1:80",
        "",
        "localhost",
      ]) {
        expect(await send({ address, secure: false })).toMatchObject({
          status: 400,
          json: { error: "invalid_request" },
        });
        expect(server.events.at(-1)).toMatchObject({ why: "insecure_transport" });
      }
      expect(sha256).not.toHaveBeenCalled();

      for (const address of ["127.0.0.1", "127.8.0.9", "::1", "::ffff:127.0.0.1"]) {
        expect((await send({ address, secure: false })).status).toBe(200);
      }
      expect((await send({ address: "192.0.2.1", secure: true })).status).toBe(200);
    },
  );

  it("HTTP-01 accepts plain http from anywhere with the flag, and serves documents without", async () => {
    const peer: Peer = { address: "192.0.2.1", secure: false };
    const open = await createTestServer({ allowInsecureHttp: true });
    const strict = await createTestServer();
    const headers = [formType, basic("basic", secrets.basic)] as const;

    const token = await open.request({
      method: "POST",
      target: paths.token,
      headers,
      body: grant,
      peer,
    });

    expect(token.status).toBe(200);
    for (const target of documents) {
      expect((await strict.request({ target, peer })).status).toBe(200);
    }
  });

  it.each(
    posts.flatMap((target) =>
      ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "post"].map((method) => ({ method, target })),
    ),
  )(
    "HTTP-02 INT-01 REV-01 HTTP-11 answers $method $target with 405 and Allow: POST",
    async ({ method, target }) => {
      const server = await createTestServer();

      const response = await server.request({ method, target });

      expect(response.status).toBe(405);
      expect(response.header("allow")).toBe("POST");
      const written = { HEAD: "" }[method] ?? '{"error":"invalid_request"';
      expect(response.body.slice(0, 26)).toBe(written);
    },
  );

  it.each([
    { name: "no type", headers: [] },
    { name: "JSON", headers: [["Content-Type", "application/json"]] },
    { name: "multipart", headers: [["Content-Type", "multipart/form-data; boundary=x"]] },
    { name: "another charset", headers: [[formType[0], `${formType[1]}; charset=iso-8859-1`]] },
    { name: "two types", headers: [formType, formType] },
    { name: "a compressed body", headers: [formType, ["Content-Encoding", "gzip"]] },
  ] as const)("HTTP-03 refuses $name with 400 and an OAuth body", async ({ headers }) => {
    const server = await createTestServer();

    const response = await server.request({
      method: "POST",
      target: paths.token,
      headers: [...headers, basic("basic", secrets.basic)],
      body: grant,
    });

    expect(response).toMatchObject({ status: 400, json: { error: "invalid_request" } });
  });

  it.each(["; charset=UTF-8", ';charset="utf-8"', " ; charset=utf-8 "])(
    "HTTP-03 tolerates the parameter %s",
    async (parameter) => {
      const server = await createTestServer();

      const response = await server.request({
        method: "POST",
        target: paths.token,
        headers: [[formType[0], formType[1] + parameter], basic("basic", secrets.basic)],
        body: grant,
      });

      expect(response.status).toBe(200);
    },
  );

  it("HTTP-04 takes no credentials from the query", async () => {
    const server = await createTestServer();
    const target = `${paths.token}?client_id=post&client_secret=${secrets.post}`;

    const response = await server.post(target, grant, { headers: [] });

    expect(response).toMatchObject({ status: 401, json: { error: "invalid_client" } });
  });

  it("HTTP-05 accepts a body of the limit and refuses one byte more with 413", async () => {
    const server = await createTestServer({ maxBodyBytes: 1000 });
    const body = (length: number): string => `${grant}&x=`.padEnd(length, "a");

    expect((await server.post(paths.token, body(1000))).status).toBe(200);
    expect(await server.post(paths.token, body(1001))).toMatchObject({
      status: 413,
      json: { error: "invalid_request" },
    });
  });

  it("HTTP-05 accepts as many parameters as the limit and refuses one more", async () => {
    const server = await createTestServer({ maxParameters: 10 });
    const body = (count: number): string => grant + "&x=1".repeat(count - 1);

    expect((await server.post(paths.token, body(10))).status).toBe(200);
    expect((await server.post(paths.token, body(11))).status).toBe(400);
    expect((await server.post(paths.token, body(10_000))).status).toBe(413);
  });

  it.each(["%", "%zz", "%c3%28", "%00", "a%00b", "%ED%A0%80"])(
    "HTTP-06 refuses the value %s with 400",
    async (value) => {
      const server = await createTestServer();

      const response = await server.post(paths.token, `${grant}&state=${value}`);

      expect(response).toMatchObject({ status: 400, json: { error: "invalid_request" } });
    },
  );

  it("HTTP-06 refuses raw bytes that are no UTF-8 with 400", async () => {
    const server = await createTestServer();

    const response = await server.request({
      method: "POST",
      target: paths.token,
      headers: [formType, basic("basic", secrets.basic)],
      body: Uint8Array.of(0x61, 0x3d, 0xff, 0xfe),
    });

    expect(response.status).toBe(400);
  });

  it.each(
    [...posts, ...documents].flatMap((path) => [path, `${path}/`, `${path}?x=1`, `/${path}`]),
  )("HTTP-07 never redirects: %s", async (target) => {
    const server = await createTestServer();

    for (const method of ["GET", "POST"]) {
      const { status } = await server.request({ method, target });
      expect(status < 300 || status >= 400).toBe(true);
    }
  });

  it("HTTP-08 dates every answer by the clock of the server", async () => {
    const server = await createTestServer();
    server.clock.setNow(784_111_777.9);

    for (const target of [...posts, ...documents, "/nowhere"]) {
      const response = await server.request({ target });
      expect(response.header("date")).toBe("Sun, 06 Nov 1994 08:49:37 GMT");
    }
  });

  it("HTTP-09 lets other origins read the documents, and nothing that takes a credential", async () => {
    const server = await createTestServer();
    const headers = [["Origin", "https://app.example.com"]] as const;

    for (const target of documents) {
      const response = await server.request({ target, headers });
      expect(response.header("access-control-allow-origin")).toBe("*");
      expect(response.header("access-control-expose-headers")).toContain("RateLimit");
    }
    for (const target of posts) {
      for (const method of ["OPTIONS", "POST"]) {
        const response = await server.request({ method, target, headers });
        expect(response.headers.some(([name]) => /^access-control/i.test(name))).toBe(false);
      }
    }
  });

  it("HTTP-10 looks at no forwarded field: who the peer is, the shell says", async () => {
    const server = await createTestServer({ limits: { address: { limit: 1, windowSeconds: 60 } } });
    const forwarded = (value: string): readonly (readonly [string, string])[] => [
      basic("basic", secrets.basic),
      ["X-Forwarded-For", value],
      ["Forwarded", `for=${value}`],
    ];

    const first = await server.post(paths.token, grant, { headers: forwarded("198.51.100.1") });
    const second = await server.post(paths.token, grant, { headers: forwarded("198.51.100.2") });

    expect([first.status, second.status]).toEqual([200, 429]);
  });

  it.each(documents)(
    "HTTP-11 answers HEAD as GET without its body, and OPTIONS: %s",
    async (target) => {
      const server = await createTestServer();

      const get = await server.request({ target });
      const head = await server.request({ method: "HEAD", target });
      const options = await server.request({ method: "OPTIONS", target });
      const post = await server.request({ method: "POST", target });

      const withoutId = (response: typeof get): unknown =>
        response.headers.filter(([name]) => name !== "X-Request-Id");
      expect(withoutId(head)).toEqual(withoutId(get));
      expect([head.status, head.body]).toEqual([200, ""]);
      expect([options.status, options.header("allow")]).toEqual([204, "GET, HEAD, OPTIONS"]);
      expect([post.status, post.header("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
    },
  );

  it.each(["/partner/v1/oauth/authorize", "/partner/v1/oauth", "/", "", "/__proto__", "*"])(
    "HTTP-11 answers the unknown path %j with a problem",
    async (target) => {
      const server = await createTestServer();

      const response = await server.request({ target });

      expect(response.header("content-type")).toBe("application/problem+json");
      expect(response).toMatchObject({ status: 404, json: { title: "Not Found", status: 404 } });
    },
  );

  it("gives every answer an id that cannot be guessed", async () => {
    const server = await createTestServer();

    const ids = await Promise.all(
      Array.from({ length: 20 }, async () =>
        (await server.request({ target: "/" })).header("x-request-id"),
      ),
    );

    expect(new Set(ids).size).toBe(20);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });

  it("serves endpoints at the paths that are configured", async () => {
    const server = await createTestServer({ issuer, paths: { token: "/oauth/token" } });

    expect((await server.post("/oauth/token", grant)).status).toBe(200);
    expect((await server.post(paths.token, grant)).status).toBe(404);
  });
});
