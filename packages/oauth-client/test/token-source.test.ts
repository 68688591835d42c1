import { getEventListeners } from "node:events";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createTokenSource, isOAuthError } from "@credicorp/oauth-client/token-source";
import type { TokenSource, TokenSourceOptions } from "@credicorp/oauth-client/token-source";
import { delay, rejectionOf } from "./support/client.ts";
import { expectNothingPlanted, planted } from "./support/planted.ts";
import { setUpGetter, tokenGetterKinds } from "./support/token-getters.ts";
import { errorAnswer, startVirtualEndpoint, tokenAnswer } from "./support/virtual-endpoint.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const kind = tokenGetterKinds.find(({ name }) => name === "a token source");
if (kind === undefined) throw new Error("There is no token source among the ways to get tokens");
const tokenSource = kind;

const options: TokenSourceOptions = {
  tokenEndpoint: "https://hub.example/token",
  clientId: "partner",
  clientSecret: "planted-secret",
};

describe("token source: rejected tokens", () => {
  it("CLI-11 makes one token request when 1,000 callers meet a revoked token", async () => {
    await using setup = await setUpGetter(tokenSource, { tokenDelayMs: 25 });
    const source = setup.getter as TokenSource;
    const revoked = await source.getToken();

    const tokens = await Promise.all(
      Array.from({ length: 1000 }, async () => {
        source.invalidate(revoked);
        return source.getToken();
      }),
    );

    expect(new Set(tokens.map(({ value }) => value))).toEqual(new Set(["access-token-2"]));
    expect(setup.server.tokenRequests()).toHaveLength(2);
  });

  it("CLI-11 takes a late rejection of an old token for no news", async () => {
    const endpoint = startVirtualEndpoint();
    const source = endpoint.connect(tokenSource) as TokenSource;
    const old = await source.getToken();
    source.invalidate(old);
    await source.getToken();

    expect(source.invalidate(old)).toBe(true);
    expect((await source.getToken()).value).toBe("token-2");
    expect(endpoint.requestedAt).toHaveLength(2);
  });

  it("CLI-12 does not publish a refresh that began before the rejection", async () => {
    const endpoint = startVirtualEndpoint();
    const source = endpoint.connect(tokenSource) as TokenSource;
    const old = await source.getToken();
    let finish: ((response: Response) => void) | undefined;
    endpoint.answer = () =>
      new Promise((resolve) => {
        finish = resolve;
      });
    await endpoint.pass(730);
    await source.getToken();
    endpoint.answer = () => tokenAnswer("after");

    source.invalidate(old);
    finish?.(tokenAnswer("too early"));

    expect((await source.getToken()).value).toBe("after");
    await endpoint.pass(1);
    expect(source.peekToken()?.value).toBe("after");
    expect(endpoint.requestedAt).toHaveLength(3);
  });

  it("CLI-28 asks for no token per call where every token is rejected", async () => {
    const endpoint = startVirtualEndpoint();
    const source = endpoint.connect(tokenSource) as TokenSource;
    const answers: boolean[] = [];

    for (let call = 0; call < 100; call += 1) {
      answers.push(source.invalidate(await source.getToken()));
      await endpoint.pass(0.01);
    }

    expect(endpoint.requestedAt.length).toBeLessThanOrEqual(5);
    expect(answers.filter((makesSense) => makesSense).length).toBeLessThanOrEqual(5);
  });
});

describe("token source: options", () => {
  it.each([
    ["tokenEndpoint", "http://hub.example/token"],
    ["tokenEndpoint", "https://user:word@hub.example/token"],
    ["tokenEndpoint", "/token"],
    ["tokenEndpoint", undefined],
    ["clientId", ""],
    ["clientId", undefined],
    ["clientSecret", "ends with\n"],
    ["clientSecret", undefined],
    // Its text would go over the wire.
    ["clientSecret", () => "secret"],
    ["clientId", 7],
    ["tokenEndpointAuthMethod", "client_secret_psot"],
    ["tokenEndpointAuthMethod", ""],
    ["basicEncoding", "rwa"],
    ["maxWaitMs", 0],
    ["maxWaitMs", "30000"],
    ["requestTimeoutMs", Number.NaN],
    ["requestTimeoutMs", -1],
  ])("CLI-26 CLI-22 refuses %s %j before anything is sent", (option, value) => {
    const wrong = { ...options, [option]: value } as TokenSourceOptions;

    expect(() => createTokenSource(wrong)).toThrow(
      expect.objectContaining({ kind: "config", option }),
    );
  });

  it.each(["client_secret_basic", "client_secret_post", undefined])(
    "takes %s for a way to send the secret",
    (tokenEndpointAuthMethod) => {
      const chosen = { ...options, tokenEndpointAuthMethod } as TokenSourceOptions;

      expect(createTokenSource(chosen).peekToken()).toBeUndefined();
    },
  );

  it("CLI-15 refuses to start on Workers, where callers may share no promise, and says what does", () => {
    vi.stubGlobal("navigator", { userAgent: "Cloudflare-Workers" });

    expect(() => createTokenSource(options)).toThrow(
      expect.objectContaining({
        kind: "config",
        message: expect.stringContaining("createOAuthClient"),
      }),
    );
  });

  it("takes plain http on this machine", () => {
    const tokenEndpoint = "http://127.0.0.1:9400/token";

    expect(createTokenSource({ ...options, tokenEndpoint }).peekToken()).toBeUndefined();
  });

  it("CLI-03 waits for any number of milliseconds", async () => {
    const endpoint = startVirtualEndpoint();
    endpoint.answer = async () => {
      await new Promise((resolve) => {
        setTimeout(resolve, 5000);
      });
      return tokenAnswer("slow");
    };
    const longest = { maxWaitMs: Infinity, requestTimeoutMs: 2 ** 40 };
    const waiting = endpoint.connect(tokenSource, longest).getToken();

    await endpoint.pass(5);

    expect((await waiting).value).toBe("slow");
  });

  it("CLI-23 sends with redirect manual, without a cache, and with a signal", async () => {
    const inits: (RequestInit | undefined)[] = [];
    const source = createTokenSource({
      ...options,
      fetch: async (_url, init) => {
        inits.push(init);
        return tokenAnswer("token");
      },
    });

    await source.getToken();

    expect(inits).toMatchObject([
      { method: "POST", redirect: "manual", cache: "no-store", signal: expect.any(AbortSignal) },
    ]);
  });
});

describe("token source: what it serves", () => {
  it.each([
    ["invalid_client", expect.stringContaining("raw")],
    ["invalid_scope", undefined],
  ])("CLI-22 hints at the encoding after %s: %s", async (error, hint) => {
    const endpoint = startVirtualEndpoint();
    endpoint.answer = () => errorAnswer(400, error);
    const source = endpoint.connect(tokenSource, { clientSecret: "a:b c%" });

    expect(await rejectionOf(source.getToken())).toMatchObject({ error, hint });
  });

  it("CLI-14 gives a caller whose time is up the old token, while it is good", async () => {
    const endpoint = startVirtualEndpoint();
    const source = endpoint.connect(tokenSource, { maxWaitMs: 1000 });
    await source.getToken();
    endpoint.answer = () => new Promise(() => undefined);
    await endpoint.pass(875);
    const waiting = source.getToken();

    await endpoint.pass(1);

    expect((await waiting).value).toBe("token-1");
  });

  it.each([
    ["the last caller has left", (_source: TokenSource, caller: AbortController) => caller.abort()],
    ["it is closed", (source: TokenSource) => source.close()],
  ])("CLI-14 aborts the request in flight when %s", async (_name, end) => {
    let sent: AbortSignal | null | undefined;
    const source = createTokenSource({
      ...options,
      fetch: (_url, init) => {
        sent = init?.signal;
        return new Promise(() => undefined);
      },
    });
    const caller = new AbortController();
    const waiting = rejectionOf(source.getToken({ signal: caller.signal }));
    expect(sent?.aborted).toBe(false);

    end(source, caller);

    expect(await waiting).toMatchObject({ kind: "aborted" });
    expect(sent?.aborted).toBe(true);
  });

  it("CLI-08 leaves nothing behind: no listener on a signal, no timer", async () => {
    const endpoint = startVirtualEndpoint();
    const source = endpoint.connect(tokenSource);
    const { signal } = new AbortController();

    await Promise.all(Array.from({ length: 10 }, () => source.getToken({ signal })));

    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("CLI-30 waits with one timer for the end of a pause, however many callers join it", async () => {
    const endpoint = startVirtualEndpoint();
    endpoint.answer = () => errorAnswer(429, "x", { "retry-after": "7" });
    const source = endpoint.connect(tokenSource);
    const callers = [rejectionOf(source.getToken())];
    await endpoint.pass(1);

    for (let caller = 1; caller < 10; caller += 1) callers.push(rejectionOf(source.getToken()));

    expect(vi.getTimerCount()).toBe(10 + 1);
    await endpoint.pass(60);
    await Promise.all(callers);
  });

  it("CLI-06 takes a token that had expired on arrival for a failure", async () => {
    const endpoint = startVirtualEndpoint();
    endpoint.answer = async () => {
      await new Promise((resolve) => {
        setTimeout(resolve, 2000);
      });
      return tokenAnswer("late", { expires_in: 1 });
    };
    const source = endpoint.connect(tokenSource);
    const error = rejectionOf(source.getToken());

    await endpoint.pass(2);

    expect(await error).toMatchObject({ kind: "protocol", failure: "token_spent" });
    expect(source.peekToken()).toBeUndefined();
  });

  it("CLI-27 throws where there is no token, and begins anew after it was closed", async () => {
    const endpoint = startVirtualEndpoint();
    endpoint.answer = () => errorAnswer(400, "unauthorized_client");
    const source = endpoint.connect(tokenSource);
    expect(isOAuthError(await rejectionOf(source.getToken()))).toBe(true);
    endpoint.answer = () => tokenAnswer("anew");

    await source.close();

    expect((await source.getToken()).value).toBe("anew");
  });
});

describe("token source: closing", () => {
  it("CLI-12 does not take the end of a request from before for the outcome of the next", async () => {
    const endpoint = startVirtualEndpoint();
    endpoint.answer = (count) =>
      new Promise((resolve) => {
        setTimeout(resolve, 100, tokenAnswer(`token-${count}`));
      });
    const source = endpoint.connect(tokenSource) as TokenSource;
    const before = rejectionOf(source.getToken());

    source.close();
    const after = source.getToken();
    await endpoint.pass(1);

    expect(await before).toMatchObject({ kind: "aborted" });
    expect((await after).value).toBe("token-2");
    expect(endpoint.requestedAt).toHaveLength(2);
  });

  it("CLI-12 does not keep a token from before, at whatever moment it arrived", async () => {
    const outcomes = new Set<string>();
    for (let turns = 0; turns < 40; turns += 1) {
      const source = createTokenSource({ ...options, fetch: async () => tokenAnswer("before") });
      const before = source.getToken().then(
        () => "token",
        () => "aborted",
      );
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();

      source.close();

      outcomes.add(await before);
      await delay(0);
      expect(source.peekToken()).toBeUndefined();
    }
    expect(outcomes).toEqual(new Set(["aborted", "token"]));
  });

  it.each([
    ["it is closed", (source: TokenSource, _caller: AbortController) => source.close()],
    ["its caller leaves", (_source: TokenSource, caller: AbortController) => caller.abort()],
  ])("CLI-08 leaves no timer of a pause when %s", async (_name, end) => {
    const endpoint = startVirtualEndpoint();
    endpoint.answer = () => errorAnswer(503, "x", { "retry-after": "7" });
    const source = endpoint.connect(tokenSource) as TokenSource;
    const caller = new AbortController();
    const waiting = rejectionOf(source.getToken({ signal: caller.signal }));
    await endpoint.pass(1);
    expect(vi.getTimerCount()).toBe(2);

    end(source, caller);

    expect(await waiting).toMatchObject({ kind: "aborted" });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("token source: planted secrets", () => {
  const { secret: clientSecret, clientId, token } = planted;
  const echoes = [clientSecret, encodeURIComponent(clientSecret), token, clientId];

  it.each([
    ["an error document that repeats it", () => errorAnswer(400, echoes.join(" "))],
    ["the name of an error that is the secret, encoded", () => errorAnswer(400, echoes[1] ?? "")],
    ["the name of an error that is a token", () => errorAnswer(400, token)],
    [
      "a description and a header that repeat it",
      () =>
        Response.json(
          { error: "invalid_request", error_description: echoes.join(" ") },
          { status: 400, headers: { "x-request-id": "planted-request" } },
        ),
    ],
    ["a page that repeats it", () => new Response(echoes.join(" "), { status: 502 })],
    ["a token of a foreign type", () => tokenAnswer(token, { token_type: echoes.join(" ") })],
    ["a token with a malformed scope", () => tokenAnswer(token, { scope: `${token}  ` })],
    ["a fetch that throws it", () => Promise.reject(new Error(echoes.join(" ")))],
  ])("CLI-31 CLI-32 are in no error and no event after %s", async (_name, answer) => {
    const endpoint = startVirtualEndpoint();
    endpoint.answer = answer;
    const source = endpoint.connect(tokenSource, { clientId, clientSecret });
    const error = rejectionOf(source.getToken());
    await endpoint.pass(15);
    const remembered = rejectionOf(source.getToken());
    await endpoint.pass(15);

    expectNothingPlanted(await error);
    expectNothingPlanted(await remembered);
    expectNothingPlanted(endpoint.events);
    expect(endpoint.events.map(({ type }) => type)).toContain("failed");
  });

  it("CLI-31 keeps out of an error what is a secret and looks like the name of an error", async () => {
    const endpoint = startVirtualEndpoint();
    endpoint.answer = () => errorAnswer(400, "planted_secret");
    const source = endpoint.connect(tokenSource, { clientSecret: "planted_secret" });

    const error = await rejectionOf(source.getToken());

    expect(error).toMatchObject({ kind: "oauth", error: "unknown", status: 400 });
    expectNothingPlanted(error);
  });
});
