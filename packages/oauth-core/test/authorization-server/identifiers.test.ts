import { expect, it } from "vitest";

import { createTestServer, paths } from "./support/test-server.ts";

const grant = { grant_type: "client_credentials" };

/** Bytes that are all the same, so that their source is known by them. */
function constant(byte: number): (length: number) => Uint8Array {
  return (length) => new Uint8Array(length).fill(byte);
}

function tokenId(accessToken: unknown): unknown {
  const [, payload = ""] = String(accessToken).split(".");
  return (JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>)[
    "jti"
  ];
}

it("FLT-12 draws the ids of requests from another source than all else, when there is one", async () => {
  const random = { bytes: constant(1), fraction: () => 0 };
  const server = await createTestServer({}, { random, requestRandom: { bytes: constant(2) } });

  const served = await server.post(paths.token, grant);
  await server.revokeClientTokens("basic");

  const [ofRandom, ofRequests] = [1, 2].map((byte) => Buffer.alloc(16, byte).toString("base64url"));
  expect(tokenId(served.json["access_token"])).toBe(ofRandom);
  expect(served.header("x-request-id")).toBe(ofRequests);
  expect(server.events.map(({ requestId }) => requestId)).toEqual([ofRequests, ofRequests]);
});

it("uses no bytes twice where requests and tokens share a source", async () => {
  const server = await createTestServer();

  const served = await server.post(paths.token, grant);

  expect(served.header("x-request-id")).not.toBe(tokenId(served.json["access_token"]));
});
