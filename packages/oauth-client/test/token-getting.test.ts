import { getEventListeners } from "node:events";
import { describe, expect, it, vi } from "vitest";
import { delay, rejectionOf } from "./support/client.ts";
import { setUpGetter, tokenGetterKinds } from "./support/token-getters.ts";

describe.each(tokenGetterKinds)("$name", (kind) => {
  it("CLI-10 makes one token request for 1,000 cold callers", async () => {
    await using setup = await setUpGetter(kind, { tokenDelayMs: 25 });
    const { getter, server } = setup;

    const tokens = await Promise.all(Array.from({ length: 1000 }, () => getter.getToken()));

    expect(new Set(tokens.map(({ value }) => value))).toEqual(new Set(["access-token-1"]));
    expect(server.tokenRequests()).toHaveLength(1);
    expect(getter.peekToken()?.value).toBe("access-token-1");
  });

  it("CLI-14 an abort detaches its caller, and the shared request goes on", async () => {
    await using setup = await setUpGetter(kind, { tokenDelayMs: 60 });
    const { getter, server } = setup;
    const controller = new AbortController();
    const first = rejectionOf(getter.getToken({ signal: controller.signal }));
    const second = getter.getToken();
    await delay(20);

    controller.abort("enough");

    expect(await first).toMatchObject({ kind: "aborted", cause: "enough" });
    expect((await second).value).toBe("access-token-1");
    expect(server.tokenRequests()).toHaveLength(1);
  });

  it("CLI-14 the shared request is aborted when nobody waits any more", async () => {
    await using setup = await setUpGetter(kind, { tokenDelayMs: 200 });
    const { getter, server } = setup;
    const controller = new AbortController();
    const waiting = rejectionOf(getter.getToken({ signal: controller.signal }));
    await delay(100);

    controller.abort();
    await waiting;

    expect((await getter.getToken()).value).toBe("access-token-2");
    expect(server.tokenRequests()).toHaveLength(2);
  });

  it("CLI-14 listens once to a signal that callers share, and not at all when they have left", async () => {
    await using setup = await setUpGetter(kind, { tokenDelayMs: 60 });
    const { getter, server } = setup;
    const [shared, other] = [new AbortController(), new AbortController()];
    const leaving = Array.from({ length: 20 }, () =>
      rejectionOf(getter.getToken({ signal: shared.signal })),
    );
    const staying = [getter.getToken({ signal: other.signal }), getter.getToken()];
    await vi.waitFor(() => expect(server.tokenRequests()).toHaveLength(1));

    expect(getEventListeners(shared.signal, "abort")).toHaveLength(1);
    shared.abort("enough");

    expect(await Promise.all(leaving)).toEqual(
      leaving.map(() => expect.objectContaining({ kind: "aborted", cause: "enough" })),
    );
    expect(getEventListeners(other.signal, "abort")).toHaveLength(1);
    expect((await Promise.all(staying)).map(({ value }) => value)).toEqual([
      "access-token-1",
      "access-token-1",
    ]);
    expect(getEventListeners(shared.signal, "abort")).toEqual([]);
    expect(getEventListeners(other.signal, "abort")).toEqual([]);
    expect(server.tokenRequests()).toHaveLength(1);
  });

  it("CLI-14 a caller that leaves takes no one else's listener away", async () => {
    await using setup = await setUpGetter(kind, { tokenDelayMs: 10_000 });
    const { getter, server } = setup;
    const [own, shared] = [new AbortController(), new AbortController()];
    const first = rejectionOf(getter.getToken({ signal: own.signal }));
    const others = [1, 2].map(() => rejectionOf(getter.getToken({ signal: shared.signal })));
    await vi.waitFor(() => expect(server.tokenRequests()).toHaveLength(1));

    own.abort("mine");
    expect(await first).toMatchObject({ cause: "mine" });
    shared.abort("ours");

    expect(await Promise.all(others)).toMatchObject([{ cause: "ours" }, { cause: "ours" }]);
    expect(getEventListeners(own.signal, "abort")).toEqual([]);
    expect(getEventListeners(shared.signal, "abort")).toEqual([]);
  });

  it("CLI-14 a signal that is aborted already stops the call before anything is sent", async () => {
    await using setup = await setUpGetter(kind);

    const waiting = setup.getter.getToken({ signal: AbortSignal.abort("enough") });

    expect(await rejectionOf(waiting)).toMatchObject({ kind: "aborted", cause: "enough" });
    expect(setup.server.seen).toEqual([]);
  });

  it("CLI-14 a caller whose time is up leaves the shared request to others", async () => {
    await using setup = await setUpGetter(kind, { tokenDelayMs: 100, maxWaitMs: 30 });

    expect(await rejectionOf(setup.getter.getToken())).toMatchObject({
      kind: "timeout",
      message: expect.stringContaining("30 ms"),
    });
  });

  it("CLI-17 asks for the scope and the resources, and tells what was not granted", async () => {
    const scope = ["a", "b"];
    const resource = ["https://api.example/one", "https://api.example/two"];
    await using setup = await setUpGetter(kind, { scope, resource });
    setup.server.tokenMembers["scope"] = "a";

    const token = await setup.getter.getToken();

    const [request] = setup.server.tokenRequests();
    expect(request?.form.get("grant_type")).toBe("client_credentials");
    expect(request?.form.get("scope")).toBe("a b");
    expect(request?.form.getAll("resource")).toEqual(resource);
    expect(token).toMatchObject({ scope: ["a"], requestedScope: scope });
    expect(setup.events).toContainEqual({
      type: "scope_narrowed",
      requested: scope,
      granted: ["a"],
    });
  });

  it.each(["bearer", "BEARER", "Bearer"])("CLI-20 takes a token_type of %s", async (type) => {
    await using setup = await setUpGetter(kind);
    setup.server.tokenMembers["token_type"] = type;

    const token = await setup.getter.getToken();

    expect(token).toMatchObject({ tokenType: "Bearer", authorization: "Bearer access-token-1" });
  });

  it.each([
    ["mac", "token_type_unknown"],
    [undefined, "token_type_missing"],
    ["DPoP", "token_type_unexpected"],
  ])("CLI-20 refuses a token_type of %s", async (type, failure) => {
    await using setup = await setUpGetter(kind);
    setup.server.tokenMembers["token_type"] = type;

    expect(await rejectionOf(setup.getter.getToken())).toMatchObject({ kind: "protocol", failure });
  });

  it.each([
    ["an HTML page", { body: "<html>sign in</html>" }, { failure: "token_response_not_json" }],
    ["nothing", { body: "" }, { failure: "token_response_not_json" }],
    ["a form", { body: "access_token=x&token_type=bearer" }, { kind: "protocol" }],
    ["JSON without a token", { body: { ok: true } }, { failure: "access_token_missing" }],
    [
      "200 with an error",
      { body: { error: "invalid_scope" } },
      { kind: "oauth", status: 200, error: "invalid_scope", retryable: false },
    ],
    ["403 with an HTML page", { status: 403, body: "<h1>no</h1>" }, { kind: "http", status: 403 }],
    ["400 with a form", { status: 400, body: "error=x" }, { kind: "http", status: 400 }],
    ["204", { status: 204 }, { kind: "http", status: 204 }],
  ])("CLI-21 answers %s with a typed error", async (_name, answer, expected) => {
    await using setup = await setUpGetter(kind);
    setup.server.script.token = () => answer;

    expect(await rejectionOf(setup.getter.getToken())).toMatchObject(expected);
  });

  it.each([0, -1, "soon", 0.5])("CLI-03 refuses an expires_in of %j", async (expiresIn) => {
    await using setup = await setUpGetter(kind);
    setup.server.tokenMembers["expires_in"] = expiresIn;

    expect(await rejectionOf(setup.getter.getToken())).toMatchObject({
      failure: "expires_in_invalid",
    });
  });

  it("CLI-22 form-encodes any credential for Basic, and hints at servers that do not decode", async () => {
    const credentials = { clientId: "pärtner", clientSecret: "s€cret:%+ /" };
    await using setup = await setUpGetter(kind, credentials);
    setup.server.script.token = () => ({ status: 401, body: { error: "invalid_client" } });

    const error = await rejectionOf(setup.getter.getToken());

    const encoded = "p%C3%A4rtner:s%E2%82%ACcret%3A%25%2B+%2F";
    expect(setup.server.tokenRequests()[0]?.authorization).toBe(`Basic ${btoa(encoded)}`);
    expect(error).toMatchObject({ hint: expect.stringContaining('basicEncoding: "raw"') });
  });

  it("CLI-22 has a switch for servers that do not decode", async () => {
    const options = { clientSecret: "s:%+ /", basicEncoding: "raw" } as const;
    await using setup = await setUpGetter(kind, options);

    await setup.getter.getToken();

    const [request] = setup.server.tokenRequests();
    expect(request?.authorization).toBe(`Basic ${btoa("partner:s:%+ /")}`);
  });

  it("CLI-22 sends the credential in the body where it is told to, and there alone", async () => {
    const options = { tokenEndpointAuthMethod: "client_secret_post" } as const;
    await using setup = await setUpGetter(kind, options);

    await setup.getter.getToken();

    const [request] = setup.server.tokenRequests();
    expect(request?.authorization).toBeUndefined();
    expect(request?.form.get("client_id")).toBe("partner");
    expect(request?.form.get("client_secret")).toBe("planted-secret");
  });

  it("CLI-23 does not follow a redirect with credentials", async () => {
    await using setup = await setUpGetter(kind);
    const headers = { location: "/partner/v1/elsewhere" };
    setup.server.script.token = () => ({ status: 307, headers });

    const error = await rejectionOf(setup.getter.getToken());

    expect(error).toMatchObject({ kind: "http", status: 307 });
    expect(setup.server.seen.map(({ path }) => path)).not.toContain(headers.location);
  });

  it("CLI-23 stops reading a body without end", async () => {
    await using setup = await setUpGetter(kind);
    setup.server.script.token = () => ({ body: "x".repeat(200_000) });

    expect(await rejectionOf(setup.getter.getToken())).toMatchObject({
      failure: "response_too_large",
    });
  });

  it("closes by telling those who wait, and what is in flight is aborted", async () => {
    await using setup = await setUpGetter(kind, { tokenDelayMs: 200 });
    const waiting = rejectionOf(setup.getter.getToken());
    await delay(50);

    await setup.getter.close();

    expect(await waiting).toMatchObject({ kind: "aborted" });
    expect(setup.getter.peekToken()).toBeUndefined();
  });
});
