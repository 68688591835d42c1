import { describe, expect, it } from "vitest";

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

  it("answers 500 and goes on when the listener throws", async () => {
    const server = await createTestServer(
      {},
      {
        audit: () => {
          throw new Error("disk full");
        },
      },
    );

    const response = await server.post(paths.token, grantType);

    expect(response).toMatchObject({ status: 500, json: { error: "server_error" } });
    expect((await server.request({ target: paths.jwks })).status).toBe(200);
  });
});
