import type { AddressInfo } from "node:net";

import { createControlledClock } from "@credicorp/oauth-core/testing";
import type { VerifierOptions } from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";
import { oauthVerifier } from "@credicorp/oauth-verifier/fastify";
import fastify from "fastify";
import { describe, expect, it, onTestFinished } from "vitest";

import { startIssuer } from "./support/issuer.ts";
import type { ProofKey } from "./support/proof-key.ts";
import { createProofKey } from "./support/proof-key.ts";
import { exchange } from "./support/raw-exchange.ts";

const origin = "https://api.example";
const keyOfClient = createProofKey();

/** An API behind a proxy: clients know it as `origin`, and it listens elsewhere. */
async function start(change: Partial<VerifierOptions> = {}) {
  const issuer = await startIssuer();
  const lines: string[] = [];
  const verifier = createVerifier({
    issuer: issuer.url,
    audience: "https://api.example",
    dpop: { origin },
    ...change,
  });
  const app = fastify({
    logger: { level: "info", stream: { write: (line: string) => lines.push(line) } },
    rewriteUrl: ({ url = "" }) => url.replace("/public/", "/"),
  });
  await app.register(oauthVerifier, { verifier });
  let handled = 0;
  const guard = { onRequest: app.requireScope("decisions:read") };
  app.route({
    method: ["GET", "POST"],
    url: "/decisions",
    ...guard,
    handler: async ({ principal }) => {
      handled += 1;
      return { client: principal.clientId };
    },
  });
  app.get(
    "/twice",
    { onRequest: [app.requireScope(), app.requireScope("decisions:read")] },
    async () => "guarded twice",
  );
  app.get("/write", { onRequest: app.requireScope("applications:write") }, async () => "no");
  await app.listen({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => app.close());
  const { port } = app.server.address() as AddressInfo;

  const issue = (claims: object = {}): string =>
    issuer.keys[0]?.sign(issuer.claims({ cnf: { jkt: keyOfClient.jkt }, ...claims })) ?? "";
  const send = async (headers: Record<string, string>, path = "/decisions", method = "GET") =>
    fetch(`http://127.0.0.1:${port}${path}`, { method, headers });
  /** Sends a request as a good client does, with changes. */
  const call = async (
    call_: { token?: string; path?: string; method?: string; by?: ProofKey; claims?: object } = {},
  ) => {
    const { token = issue(), path = "/decisions", method = "GET", by = keyOfClient } = call_;
    const proof = by.prove({ method, url: origin + path, token }, call_.claims);
    return send({ Authorization: `DPoP ${token}`, DPoP: proof }, path, method);
  };
  return { issuer, verifier, port, issue, send, call, lines, handledCount: () => handled };
}

function challengeOf(response: Response): string {
  return response.headers.get("www-authenticate") ?? "";
}

describe("a guarded API with DPoP", () => {
  it("lets the owner of the key in, again and again with new proofs, in any case of the scheme", async () => {
    const api = await start();
    const token = api.issue();

    for (const method of ["GET", "POST", "GET"]) {
      expect((await api.call({ token, method })).status).toBe(200);
    }
    const proof = keyOfClient.prove({ url: `${origin}/decisions`, token });
    expect((await api.send({ Authorization: `dpop ${token}`, dPoP: proof })).status).toBe(200);
    expect(api.handledCount()).toBe(4);
  });

  it("names both schemes to a request without credentials, and the algorithms of proofs", async () => {
    const api = await start();
    const response = await api.send({});

    expect(response.status).toBe(401);
    expect(challengeOf(response)).toBe(
      'Bearer realm="https://api.example", DPoP realm="https://api.example", algs="ES256 PS256 Ed25519"',
    );
  });

  it("lets bearer tokens in as before, and leaves a proof beside one alone", async () => {
    const api = await start();
    const token = api.issue({ cnf: undefined });

    expect((await api.send({ Authorization: `Bearer ${token}` })).status).toBe(200);
    expect((await api.send({ Authorization: `Bearer ${token}`, DPoP: "x" })).status).toBe(200);
  });

  it("ATK-48 refuses a bound token as a bearer token, with its proof and without, and shows the way", async () => {
    const api = await start();
    const token = api.issue();
    const proof = keyOfClient.prove({ url: `${origin}/decisions`, token });

    for (const headers of [{}, { DPoP: proof }]) {
      const response = await api.send({ Authorization: `Bearer ${token}`, ...headers });
      expect(response.status).toBe(401);
      expect(challengeOf(response)).toMatch(
        /^Bearer realm="[^"]+", error="invalid_token", .*, DPoP realm="[^"]+", algs="ES256 /,
      );
    }
    expect((await api.call({ token })).status).toBe(200);
    expect((await api.send({ Authorization: `Bearer ${token}` })).status).toBe(401);
    expect(api.handledCount()).toBe(1);
  });

  it("ATK-48 refuses a bearer token with the scheme DPoP, whatever its proof", async () => {
    const api = await start();
    const response = await api.call({ token: api.issue({ cnf: undefined }) });

    expect(response.status).toBe(401);
    expect(challengeOf(response)).toMatch(/^DPoP realm="[^"]+", error="invalid_token"/);
    expect(api.lines.join("")).toContain('"code":"token_unbound"');
  });

  it("ATK-48 knows no scheme DPoP without the option, and lets no bound token in", async () => {
    const api = await start({ dpop: undefined });
    const response = await api.call();

    expect(response.status).toBe(401);
    expect(challengeOf(response)).toBe('Bearer realm="https://api.example"');
    expect((await api.send({ Authorization: `Bearer ${api.issue()}` })).status).toBe(401);
    expect(api.handledCount()).toBe(0);
  });

  it("lets no bearer token in where bound tokens are required", async () => {
    const api = await start({ requireBoundTokens: true });

    expect((await api.call()).status).toBe(200);
    expect(
      (await api.send({ Authorization: `Bearer ${api.issue({ cnf: undefined })}` })).status,
    ).toBe(401);
    expect((await api.verifier.verifyToken(api.issue({ cnf: undefined }))).kind).toBe("rejected");
  });

  it("gives verifyToken and verifySync no bound token, as they have no proof", async () => {
    const api = await start();
    await api.verifier.ready();
    const token = api.issue();
    expect((await api.call({ token })).status).toBe(200);

    expect(await api.verifier.verifyToken(token)).toMatchObject({
      detail: { code: "confirmation" },
    });
    expect(api.verifier.verifySync(token)).toMatchObject({ detail: { code: "confirmation" } });
  });

  it("ATK-47 DPOP-05 refuses a request that is sent again as it was", async () => {
    const api = await start();
    const token = api.issue();
    const headers = {
      Authorization: `DPoP ${token}`,
      DPoP: keyOfClient.prove({ url: `${origin}/decisions`, token }),
    };

    const answers = await Promise.all([1, 2, 3, 4].map(async () => api.send(headers)));
    const replay = await api.send(headers);

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(replay.status).toBe(401);
    expect(challengeOf(replay)).toMatch(
      /^DPoP realm="[^"]+", error="invalid_dpop_proof", .*, algs="ES256 PS256 Ed25519"$/,
    );
    expect(api.handledCount()).toBe(1);
  });

  it("ATK-47 shares its memory with other nodes by the replay store, and fails closed with it", async () => {
    const kept = new Set<string>();
    const store = { isDown: false };
    const replayStore = {
      putIfAbsent: async (key: string) => {
        if (store.isDown) throw new Error("planted");
        const isFirst = !kept.has(key);
        kept.add(key);
        return isFirst;
      },
    };
    const dpop = { origin, replayStore };
    const [one, two] = [await start({ dpop }), await start({ dpop })];
    const claims = { jti: "used on one node" };

    expect((await one.call({ claims })).status).toBe(200);
    const again = await two.call({ claims });
    expect(again.status).toBe(401);
    store.isDown = true;
    const down = await one.call();

    expect(down.status).toBe(503);
    expect(Number(down.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect(down.headers.get("www-authenticate")).toBeNull();
    expect(one.lines.join("")).toContain('"code":"replay_store_unavailable"');
    expect(one.handledCount() + two.handledCount()).toBe(1);
    expect(one.lines.join("") + (await down.text())).not.toContain("planted");
  });

  it("ATK-47 answers 503 to the flood of one client and serves the others", async () => {
    const api = await start({ dpop: { origin, maxProofsPerKey: 3 } });
    const other = createProofKey();
    const statuses: number[] = [];
    for (let count = 0; count < 5; count += 1) statuses.push((await api.call()).status);

    const served = await api.call({ by: other, token: api.issue({ cnf: { jkt: other.jkt } }) });

    expect(statuses).toEqual([200, 200, 200, 503, 503]);
    expect(served.status).toBe(200);
  });

  it("DPOP-02 ATK-49 compares the proof with the origin of the option, whatever the request says of it", async () => {
    const api = await start();
    const token = api.issue();
    const by = (url: string): Record<string, string> => ({
      Authorization: `DPoP ${token}`,
      DPoP: keyOfClient.prove({ url, token }),
    });
    const forwarded = { "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https" };
    const here = `http://127.0.0.1:${api.port}/decisions`;

    expect((await api.send({ ...by(`${origin}/decisions`), ...forwarded })).status).toBe(200);
    expect((await api.send({ ...by("https://evil.example/decisions"), ...forwarded })).status).toBe(
      401,
    );
    expect((await api.send(by(here))).status).toBe(401);
    expect((await api.send(by(`${origin}/other`))).status).toBe(401);
    expect((await api.send(by(`${origin}/decisions`), "/decisions?page=2")).status).toBe(200);
    expect((await api.send(by(`${origin}/public/decisions`), "/public/decisions")).status).toBe(
      200,
    );
    expect((await api.send(by(`${origin}/decisions`), "/public/decisions")).status).toBe(401);
    expect((await api.send(by(`${origin}/decisions`), "/decisions", "POST")).status).toBe(401);
  });

  it("ATK-49 leaves the authority of an absolute request target out, and the Host field", async () => {
    const api = await start();
    const token = api.issue();
    const ask = async (htu: string): Promise<string> =>
      exchange(api.port, [
        "GET http://evil.example/decisions HTTP/1.1",
        "Host: evil.example",
        `Authorization: DPoP ${token}`,
        `DPoP: ${keyOfClient.prove({ url: htu, token })}`,
        "Connection: close",
      ]);

    expect(await ask("http://evil.example/decisions")).toMatch(/^HTTP\/1\.1 401 /);
    expect(await ask("https://evil.example/decisions")).toMatch(/^HTTP\/1\.1 401 /);
    expect(await ask(`${origin}/decisions`)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it("ATK-50 refuses two DPoP fields, one of them good, and a list of two", async () => {
    const api = await start();
    const token = api.issue();
    const proof = keyOfClient.prove({ url: `${origin}/decisions`, token });
    const ask = async (...fields: readonly string[]): Promise<string> =>
      exchange(api.port, [
        "GET /decisions HTTP/1.1",
        "Host: api",
        `Authorization: DPoP ${token}`,
        ...fields,
        "Connection: close",
      ]);

    for (const fields of [
      [],
      [`DPoP: ${proof}`, `dpop: ${proof}`],
      [`DPoP: ${proof}, ${proof}`],
      ["DPoP: "],
    ]) {
      expect(await ask(...fields)).toMatch(
        /^HTTP\/1\.1 401 [^]*www-authenticate: DPoP realm="[^"]+", error="invalid_dpop_proof"/i,
      );
    }
    expect(await ask(`DPoP: ${proof}`)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it.each([
    ["of another token", (api: Api) => api.call({ claims: { ath: "x" } }), "invalid_dpop_proof"],
    [
      "without a token",
      (api: Api) => api.call({ claims: { ath: undefined } }),
      "invalid_dpop_proof",
    ],
    ["of another key", (api: Api) => api.call({ by: createProofKey() }), "invalid_token"],
    [
      "of an hour ago",
      (api: Api) => api.call({ claims: { iat: secondsFromNow(-3600) } }),
      "invalid_dpop_proof",
    ],
    [
      "of an hour later",
      (api: Api) => api.call({ claims: { iat: secondsFromNow(3600) } }),
      "invalid_dpop_proof",
    ],
    [
      "for a stolen token that is bad",
      (api: Api) => api.call({ token: api.issue({ exp: 1 }) }),
      "invalid_token",
    ],
  ] as const)(
    "ATK-50 refuses a proof %s, in the scheme that was used",
    async (_name, attempt, error) => {
      const api = await start();
      const response = await attempt(api);

      expect(response.status).toBe(401);
      expect(challengeOf(response)).toMatch(new RegExp(`^DPoP realm="[^"]+", error="${error}"`));
      expect(challengeOf(response)).not.toContain("Bearer");
      expect(api.handledCount()).toBe(0);
    },
  );

  it("DPOP-05 takes proofs of clocks that are ten seconds off", async () => {
    const api = await start();

    expect((await api.call({ claims: { iat: secondsFromNow(-10) } })).status).toBe(200);
    expect((await api.call({ claims: { iat: secondsFromNow(10) } })).status).toBe(200);
  });

  it("RS-03 tells a proven client in its own scheme that the scope does not do", async () => {
    const api = await start();
    const response = await api.call({ path: "/write" });

    expect(response.status).toBe(403);
    expect(challengeOf(response)).toMatch(
      /^DPoP realm="[^"]+", error="insufficient_scope", .*scope="applications:write", algs=/,
    );
  });

  it("guards a route twice with one proof", async () => {
    const api = await start();
    const token = api.issue();
    const proof = keyOfClient.prove({ url: `${origin}/twice`, token });
    const headers = { Authorization: `DPoP ${token}`, DPoP: proof };

    expect(await (await api.send(headers, "/twice")).text()).toBe("guarded twice");
    expect((await api.send(headers, "/twice")).status).toBe(401);
  });

  it("DPOP-03 DPOP-06 asks for a nonce with one field that no cache keeps, and takes it then", async () => {
    const api = await start({ dpop: { origin, requireNonce: true } });

    const asked = await api.call();
    const nonce = asked.headers.get("dpop-nonce") ?? "none";
    const answered = await api.call({ claims: { nonce } });
    const forged = await api.call({ claims: { nonce: "A".repeat(43) } });

    expect(asked.status).toBe(401);
    expect(challengeOf(asked)).toMatch(
      /^DPoP realm="[^"]+", error="use_dpop_nonce", .*algs="ES256 PS256 Ed25519"$/,
    );
    expect(nonce).toMatch(/^[\w-]{43}$/);
    expect(asked.headers.get("cache-control")).toBe("no-store");
    expect(answered.status).toBe(200);
    expect(answered.headers.get("dpop-nonce")).toBeNull();
    expect(challengeOf(forged)).toContain('error="use_dpop_nonce"');
  });

  it("DPOP-06 names the next nonce with a good answer when the present one is about to end", async () => {
    const clock = createControlledClock(Math.ceil(Date.now() / 60_000) * 60 - 1);
    const api = await start({ dpop: { origin, requireNonce: true }, ports: { clock } });
    const call = async (nonce: string | null): Promise<Response> =>
      api.call({ claims: { nonce: nonce ?? "", iat: clock.now() } });
    const first = (await call(null)).headers.get("dpop-nonce");

    clock.advance(1);
    const good = await call(first);
    const next = good.headers.get("dpop-nonce");
    clock.advance(60);

    expect(good.status).toBe(200);
    expect(good.headers.get("cache-control")).toBe("no-store");
    expect(await good.json()).toEqual({ client: "partner-1" });
    expect((await call(next)).status).toBe(200);
    expect((await call(first)).status).toBe(401);
  });

  it("DPOP-06 names the next nonce with a refusal of the scope, too, as the proof was good", async () => {
    const clock = createControlledClock(Math.ceil(Date.now() / 60_000) * 60 - 1);
    const api = await start({ dpop: { origin, requireNonce: true }, ports: { clock } });
    const token = api.issue({ scope: "other" });
    const call = async (nonce: string | null): Promise<Response> => {
      const claims = { nonce: nonce ?? "", iat: clock.now() };
      return api.call({ token, claims });
    };
    const first = (await call(null)).headers.get("dpop-nonce");
    clock.advance(1);
    const refused = await call(first);

    expect(refused.status).toBe(403);
    expect(refused.headers.get("dpop-nonce")).toMatch(/^[\w-]{43}$/);
    expect(refused.headers.get("cache-control")).toBe("no-store");
  });

  it("logs why a proof was refused, and neither the proof nor the token", async () => {
    const api = await start();
    const token = api.issue({ sub: "planted-subject" });
    const proof = keyOfClient.prove(
      { url: `${origin}/planted-path`, token },
      { jti: "planted-jti" },
    );
    await api.send({ Authorization: `DPoP ${token}`, DPoP: proof });
    const log = api.lines.filter((line) => line.includes("oauth")).join("");

    expect(log).toContain('"code":"dpop_url"');
    for (const part of [...token.split("."), ...proof.split("."), "planted-jti", keyOfClient.jkt]) {
      expect(log).not.toContain(part);
    }
  });
});

type Api = Awaited<ReturnType<typeof start>>;

function secondsFromNow(offset: number): number {
  return Math.floor(Date.now() / 1000) + offset;
}
