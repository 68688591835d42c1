import { describe, expect, it } from "vitest";

import type { ServerRequest } from "@credicorp/oauth-core";
import type { AnswerClient } from "@credicorp/oauth-core/authorization-server";

import { basic, createTestServer, paths, secrets } from "./support/test-server.ts";

const formType = ["Content-Type", "application/x-www-form-urlencoded"] as const;

function request(changes: Partial<ServerRequest> = {}): ServerRequest {
  return {
    method: "GET",
    target: "/of/my/own?query",
    headers: [],
    body: new Uint8Array(0),
    peer: { address: "127.0.0.1", secure: true },
    ...changes,
  };
}

const answer: AnswerClient = ({ id }) => ({ status: 200, headers: [["X-Own", "1"]], body: id });

describe("an endpoint of the program around the server", () => {
  it("is told which client asks, by its header or by its body", async () => {
    const server = await createTestServer();
    const body = `client_id=post&client_secret=${secrets.post}`;

    const byHeader = await server.handleForClient(
      request({ headers: [basic("basic", secrets.basic)] }),
      answer,
    );
    const byBody = await server.handleForClient(
      request({ method: "POST", headers: [formType], body: Buffer.from(body) }),
      answer,
    );

    expect(byHeader).toMatchObject({ status: 200, body: "basic" });
    expect(byBody.body).toBe("post");
    const names = byHeader.headers.map(([name]) => name);
    expect(names).toEqual(["X-Own", "Date", "X-Content-Type-Options", "X-Request-Id"]);
    expect(server.events).toEqual([]);
  });

  it("leaves the body out for HEAD", async () => {
    const server = await createTestServer();
    const headers = [basic("basic", secrets.basic)];

    const { body } = await server.handleForClient(request({ method: "HEAD", headers }), answer);

    expect(body).toBe("");
  });

  it("AUTH-06 refuses strangers as introspection does, reports it, and does not ask the program", async () => {
    const server = await createTestServer();
    const headers = [basic("basic", "wrong")];
    const reference = await server.post(paths.introspection, { token: "x" }, { headers });

    const refused = await server.handleForClient(request({ headers }), () => {
      throw new Error("must not be asked");
    });

    expect([refused.status, refused.body]).toEqual([reference.status, reference.body]);
    expect(server.events.at(-1)).toMatchObject({
      type: "request_refused",
      why: "secret_wrong",
      path: undefined,
    });
  });

  it("charges the budget of introspection, and a body that is no form", async () => {
    const limits = { introspection: { limit: 1, windowSeconds: 60 } };
    const server = await createTestServer({ limits });
    const headers = [basic("basic", secrets.basic)];

    const statuses = [
      (await server.handleForClient(request({ headers }), answer)).status,
      (await server.handleForClient(request({ headers }), answer)).status,
      (await server.handleForClient(request({ method: "POST", headers }), answer)).status,
    ];

    expect(statuses).toEqual([200, 429, 400]);
  });

  it("turns what the program throws into a failure of the server, without its words", async () => {
    const server = await createTestServer();
    const headers = [basic("basic", secrets.basic)];

    const { status, body } = await server.handleForClient(request({ headers }), () => {
      throw new Error("quotes a secret");
    });

    expect(status).toBe(500);
    expect(body).not.toContain("secret");
    expect(server.events.at(-1)?.type).toBe("request_failed");
  });
});

describe("the page of an error", () => {
  it("is named in every error document, by the code alone", async () => {
    const errorPagesUrl = "https://hub.example.com/errors/";
    const server = await createTestServer({ errorPagesUrl });

    const refusals = [
      await server.post(paths.token, {}, { headers: [basic("basic", "wrong")] }),
      await server.post(paths.token, {}, { headers: [basic("basic", secrets.basic)] }),
      await server.request({ target: paths.token }),
      await server.request({ target: paths.jwks, method: "DELETE" }),
    ];

    for (const { json } of refusals) {
      expect(json["error_uri"]).toBe(errorPagesUrl + String(json["error"]));
    }
  });

  it("is left out where there are none", async () => {
    const server = await createTestServer();

    const { json } = await server.request({ target: paths.token });

    expect(json).not.toHaveProperty("error_uri");
  });
});
