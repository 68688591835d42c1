import { describe, expect, it, onTestFinished, vi } from "vitest";

import type {
  AuditEvent,
  AuditFailure,
  AuditListener,
} from "@credicorp/oauth-core/authorization-server";

import { basic, createTestServer, paths, secrets } from "./support/test-server.ts";

const grantType = { grant_type: "client_credentials" };

describe("audit events", () => {
  it("reports one event per decision, with the id that the answer carries", async () => {
    const server = await createTestServer();

    const responses = [
      await server.post(paths.token, grantType),
      await server.post(paths.token, {}),
      await server.post(paths.token, grantType, { headers: [basic("nobody", secrets.basic)] }),
      await server.request({ target: "/nowhere" }),
      await server.request({ target: paths.token }),
    ];

    expect(server.events.map(({ requestId }) => requestId)).toEqual(
      responses.map((response) => response.header("x-request-id")),
    );
    expect(server.events).toMatchObject([
      {
        type: "token_issued",
        clientId: "basic",
        path: paths.token,
        address: "192.0.2.1",
        at: 1_700_000_000,
      },
      { type: "request_refused", clientId: "basic", status: 400, why: "grant_type_missing" },
      { type: "request_refused", clientId: undefined, status: 401, why: "client_unknown" },
      { type: "request_refused", status: 404, why: "path_unknown", path: undefined },
      { type: "request_refused", status: 405, why: "method_not_allowed" },
    ]);
  });

  it("reports nothing for documents that anybody may read", async () => {
    const server = await createTestServer();

    await server.request({ target: paths.jwks });
    await server.request({ target: paths.metadata });

    expect(server.events).toEqual([]);
  });

  it("reports the end of all tokens of a client", async () => {
    const server = await createTestServer();

    await server.revokeClientTokens("basic");

    expect(server.events).toMatchObject([
      { type: "client_tokens_revoked", clientId: "basic", notBefore: 1_700_000_001 },
    ]);
  });

  it("tells several subscribers, each until it leaves", async () => {
    const server = await createTestServer();
    const [first, second]: [AuditEvent[], AuditEvent[]] = [[], []];
    const leave = server.audit.subscribe((event) => first.push(event));
    server.audit.subscribe((event) => second.push(event));

    await server.post(paths.token, grantType);
    leave();
    leave();
    await server.post(paths.token, {});

    expect(first).toEqual(server.events.slice(0, 1));
    expect(second).toEqual(server.events);
    expect(server.events).toHaveLength(2);
  });

  it.each<[string, AuditListener]>([
    [
      "throws",
      () => {
        throw new Error("disk full");
      },
    ],
    ["rejects", () => Promise.reject(new Error("disk full"))],
  ])(
    "answers, tells the others and reports it once when a subscriber %s",
    async (_name, listener) => {
      const failures: AuditFailure[] = [];
      const heard: AuditEvent[] = [];
      const server = await createTestServer(
        {},
        { audit: listener, onAuditFailure: (failure) => failures.push(failure) },
      );
      server.audit.subscribe((event) => heard.push(event));

      const response = await server.post(paths.token, grantType);
      await new Promise((resolve) => setTimeout(resolve));

      expect(response.status).toBe(200);
      expect(heard).toMatchObject([{ type: "token_issued" }]);
      expect(failures).toEqual([{ event: heard[0], cause: new Error("disk full") }]);
    },
  );

  it("waits for no subscriber", async () => {
    const server = await createTestServer({}, { audit: () => new Promise(() => undefined) });

    expect((await server.post(paths.token, grantType)).status).toBe(200);
  });

  it.each<[string, (() => unknown) | undefined]>([
    ["is missing", undefined],
    [
      "throws too",
      () => {
        throw new Error("as full");
      },
    ],
    ["rejects too", () => Promise.reject(new Error("as full"))],
  ])("answers when whoever hears of failures %s", async (_name, onAuditFailure) => {
    const unhandled = vi.fn<(reason: unknown) => void>();
    process.on("unhandledRejection", unhandled);
    onTestFinished(() => void process.off("unhandledRejection", unhandled));
    const audit = (): Promise<never> => Promise.reject(new Error("disk full"));
    const server = await createTestServer({}, { audit, onAuditFailure });

    const response = await server.post(paths.token, grantType);
    await new Promise((resolve) => setTimeout(resolve, 5));

    expect(response.status).toBe(200);
    expect(unhandled).not.toHaveBeenCalled();
  });
});
