import type { AddressInfo } from "node:net";

import { createMemoryRevocationFeed } from "@credicorp/oauth-core/authorization-server";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import type { IssuerOptions, SeveralIssuersOptions, Verifier } from "@credicorp/oauth-verifier";
import { createVerifier, isOAuthError } from "@credicorp/oauth-verifier";
import { oauthVerifier } from "@credicorp/oauth-verifier/fastify";
import fastify from "fastify";
import { describe, expect, it, onTestFinished } from "vitest";

import type { Issuer, IssuerKey } from "./support/issuer.ts";
import { createIssuerKey, respond, startIssuer } from "./support/issuer.ts";
import { describeOutcome } from "./support/set-up.ts";

const audiences = ["https://api.example/first", "https://api.example/second"] as const;

/** Two issuers, each with a key of the same id, and a verifier of both. */
async function setUp(
  change: (index: number) => Partial<IssuerOptions> = () => ({}),
  shared: Partial<SeveralIssuersOptions> = {},
) {
  const issuers = [await startIssuer(), await startIssuer()] as const;
  const [first, second] = issuers;
  const clock = createControlledClock(Date.now() / 1000);
  const verifier = createVerifier({
    issuers: issuers.map(({ url }, index) => ({
      issuer: url,
      audience: audiences[index] ?? "",
      ...change(index),
    })),
    ports: { clock, random: { fraction: () => 0.5 } },
    ...shared,
  });
  const sign = (
    issuer: Issuer,
    { by = issuer, claims = {}, header = {} }: SignOptions = {},
  ): string => {
    const aud = issuer === first ? audiences[0] : audiences[1];
    const key = "sign" in by ? by : by.keys[0];
    return key?.sign(issuer.claims({ aud, ...claims }), header) ?? "";
  };
  const verify = async (token: string): Promise<string> =>
    describeOutcome(await verifier.verifyToken(token));
  return { first, second, clock, verifier, sign, verify };
}

interface SignOptions {
  readonly by?: Issuer | IssuerKey;
  readonly claims?: object;
  readonly header?: object;
}

async function serve(verifier: Verifier): Promise<(token: string) => Promise<Response>> {
  const app = fastify();
  await app.register(oauthVerifier, { verifier });
  app.get("/", { onRequest: app.requireScope("decisions:read") }, async ({ principal }) => ({
    issuer: principal.claims.issuer,
    client: principal.clientId,
  }));
  await app.listen({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  return async (token) =>
    fetch(`http://127.0.0.1:${port}/`, { headers: { Authorization: `Bearer ${token}` } });
}

describe("a verifier of several issuers", () => {
  it("lets the tokens of each in, and says whose they are", async () => {
    const { first, second, verifier, sign } = await setUp();
    const get = await serve(verifier);

    for (const issuer of [first, second, first]) {
      const response = await get(sign(issuer));
      expect(await response.json()).toEqual({ issuer: issuer.url, client: "partner-1" });
    }
    // The keys of each were found by its own metadata, once.
    const asked = ["/.well-known/oauth-authorization-server", "/jwks"];
    expect([first.requests, second.requests]).toEqual([asked, asked]);
  });

  it("ATK-15 refuses a token of one that another signed, with the same kid, first and again", async () => {
    const { first, second, verifier, sign } = await setUp();
    const get = await serve(verifier);
    const crossed = [sign(first, { by: second }), sign(second, { by: first })];

    for (const warm of [false, true]) {
      const own = warm ? [sign(first), sign(second)] : [];
      for (const token of own) expect((await get(token)).status).toBe(200);
      for (const token of crossed) {
        const response = await get(token);
        expect(response.status).toBe(401);
        expect(response.headers.get("www-authenticate")).toContain('error="invalid_token"');
      }
    }
  });

  it("ATK-15 refuses a token of one for the audience of another", async () => {
    const { first, second, sign, verify } = await setUp();

    expect(await verify(sign(first, { claims: { aud: audiences[1] } }))).toBe("rejected: audience");
    expect(await verify(sign(second, { claims: { aud: audiences[0] } }))).toBe(
      "rejected: audience",
    );
  });

  it("ATK-14 asks nobody about an issuer that it does not know, not even for keys that it has", async () => {
    const { first, second, verifier, sign } = await setUp();
    const stranger = await startIssuer();
    const get = await serve(verifier);
    await verifier.ready();
    const asked = [first.requests.length, second.requests.length];

    const tokens = [
      stranger.keys[0]?.sign(stranger.claims({ aud: audiences[0] })) ?? "",
      sign(first, { claims: { iss: stranger.url } }),
    ];
    for (const token of tokens) expect((await get(token)).status).toBe(401);

    expect(stranger.requests).toEqual([]);
    expect([first.requests.length, second.requests.length]).toEqual(asked);
  });

  it.each([
    ["a longer name", (url: string) => `${url}/`],
    ["a path", (url: string) => `${url}/tenant`],
    ["a prefix", (url: string) => url.slice(0, -1)],
    ["another case", (url: string) => url.replace("http", "HTTP")],
    ["a list", (url: string) => [url]],
    ["nothing", () => undefined],
    ["no text", () => null],
    ["the empty text", () => ""],
    ["the name of a member of objects", () => "__proto__"],
    ["the name of a method of objects", () => "constructor"],
    ["user information", (url: string) => url.replace("//", "//u@")],
  ])("ATK-14 ATK-32 takes for no issuer of its own: %s", async (_name, of) => {
    const { first, second, sign, verify } = await setUp();

    expect(await verify(sign(first, { claims: { iss: of(first.url) } }))).toBe("rejected: issuer");
    expect([...first.requests, ...second.requests]).toEqual([]);
  });

  it("gives each its own algorithms", async () => {
    const { first, second, sign, verify } = await setUp((index) =>
      index === 0 ? { algorithms: ["ES256"] } : {},
    );

    expect(await verify(sign(first))).toBe("rejected: algorithm");
    expect(await verify(sign(second))).toBe("ok");
  });

  it("gives each its own tolerance of clocks", async () => {
    const { first, second, sign, verify, clock } = await setUp((index) => ({
      clockToleranceSeconds: index * 60,
    }));
    const expired = { exp: Math.floor(clock.now()) - 10 };

    expect(await verify(sign(first, { claims: expired }))).toBe("rejected: expired");
    expect(await verify(sign(second, { claims: expired }))).toBe("ok");
  });

  it("gives each its own revocations: a jti, a client or a kid of one is none of another", async () => {
    const clock = createControlledClock(Date.now() / 1000);
    const feed = createMemoryRevocationFeed(clock);
    const { first, second, sign, verify } = await setUp((index) =>
      index === 0 ? { revocations: { feed } } : {},
    );
    await feed.append({ kind: "token", jti: "same", expiresAt: clock.now() + 1000 });
    await feed.append({ kind: "key", kid: "k1" });
    const claims = { jti: "same" };

    expect(await verify(sign(first, { claims }))).toBe("rejected: revoked");
    expect(await verify(sign(second, { claims }))).toBe("ok");
  });

  it("serves the tokens of one while the other is down, and says so", async () => {
    const { first, second, verifier, sign, verify } = await setUp();
    await second.setDown(true);
    onTestFinished(async () => second.setDown(false));

    expect(await verify(sign(first))).toBe("ok");
    expect(await verify(sign(second))).toBe("unavailable: keys_unavailable");
    const failure: unknown = await verifier.ready().catch((error: unknown) => error);
    expect(isOAuthError(failure) && failure.kind).toBe("network");
    expect(verifier.health()).toMatchObject({
      phase: "empty",
      lastFailure: "network",
      issuers: {
        [first.url]: { phase: "fresh", keyIds: ["k1"], failures: 0 },
        [second.url]: { phase: "empty", lastFailure: "network" },
      },
    });
  });

  it("is ready when the keys of all are there", async () => {
    const { first, second, verifier, sign } = await setUp();
    expect(verifier.health().phase).toBe("empty");

    await verifier.ready();

    expect(verifier.health().phase).toBe("fresh");
    expect([first, second].map((issuer) => verifier.verifySync(sign(issuer)).kind)).toEqual([
      "ok",
      "ok",
    ]);
  });

  it("closes all of them", async () => {
    const { first, second, verifier, sign, verify } = await setUp();
    verifier.close();

    for (const issuer of [first, second]) {
      expect(await verify(sign(issuer))).toBe("unavailable: keys_unavailable");
      expect(issuer.requests).toEqual([]);
    }
  });

  it("keeps the tokens of all within one budget, and checks each again with its own keys", async () => {
    const { first, second, verifier, sign, verify, clock } = await setUp();
    const tokens = [sign(first), sign(second)];
    for (const token of tokens) expect(await verify(token)).toBe("ok");

    second.keys = [createIssuerKey("k1")];
    clock.advance(700);
    await verifier.ready();
    // The refresh ahead happens in the background of the first verification after it is due.
    await verify(sign(second, { by: second }));

    expect(await verify(tokens[0] ?? "")).toBe("ok");
    expect(await verify(tokens[1] ?? "")).toBe("rejected: signature");
  });

  it("does not let one keep another's name in its metadata", async () => {
    const { first, second, sign, verify } = await setUp();
    first.answerMetadata = respond(
      200,
      JSON.stringify({
        issuer: second.url,
        token_endpoint: second.url,
        jwks_uri: `${second.url}/jwks`,
      }),
    );

    expect(await verify(sign(first))).toBe("unavailable: keys_unavailable");
    expect(await verify(sign(second))).toBe("ok");
  });

  it.each<[string, object]>([
    ["issuers", { issuers: [] }],
    ["issuers", { issuers: null }],
    ["issuers", { issuers: { issuer: "https://as.example", audience: "a" } }],
    ["issuers[0].issuer", { issuers: [null] }],
    ["issuers[0].issuer", { issuers: [{ audience: "a" }] }],
    ["issuers[0].audience", { issuers: [{ issuer: "https://as.example" }] }],
    ["issuers[1].issuer", { issuers: [good("https://a.example"), good("https://a.example")] }],
    [
      "issuers[1].algorithms",
      { issuers: [good("https://a.example"), { ...good("https://b.example"), algorithms: [] }] },
    ],
    [
      "issuers[0].revocations.feed",
      { issuers: [{ ...good("https://a.example"), revocations: {} }] },
    ],
    ["audience", { issuers: [good("https://a.example")], audience: "a" }],
    ["issuer", { issuers: [good("https://a.example")], issuer: undefined }],
    ["revocations", { issuers: [good("https://a.example")], revocations: {} }],
    ["dpop", { ...good("https://a.example"), dpop: true }],
    ["dpop", { ...good("https://a.example"), dpop: null }],
    ["dpop.origin", { ...good("https://a.example"), dpop: {} }],
    ["requireBoundTokens", { ...good("https://a.example"), requireBoundTokens: "yes" }],
  ])("ATK-36 refuses the option %s of %j", (option, options) => {
    expect(() => createVerifier(options as SeveralIssuersOptions)).toThrow(
      expect.objectContaining({ option }),
    );
  });
});

function good(issuer: string): IssuerOptions {
  return { issuer, audience: "a" };
}
