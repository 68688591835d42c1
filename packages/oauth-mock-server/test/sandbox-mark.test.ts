import { connect } from "node:net";
import { once } from "node:events";

import { createSandbox } from "@credicorp/oauth-mock-server";
import { expect, it } from "vitest";

import { sendRaw } from "./support/requests.ts";

const mark = "credicorp-oauth-mock-server";

it("SAFE-06 marks every answer as one of a sandbox, whatever it answers", async () => {
  await using sandbox = await createSandbox();
  const { url } = await sandbox.listen();
  const requests = [
    { path: "/.well-known/oauth-authorization-server" },
    { path: "/.well-known/jwks.json", method: "HEAD" },
    { path: "/.well-known/jwks.json", method: "OPTIONS" },
    { path: "/partner/v1/oauth/token", method: "POST" },
    { path: "/partner/v1/oauth/errors/invalid_client" },
    { path: "/partner/v1/oauth/explanations/x" },
    { path: "/nowhere" },
    { path: "/healthz" },
    { path: "/metrics" },
    { path: "/admin/v1/docs" },
    { path: "/admin/v1/openapi.json" },
    { path: "/admin/v1/nowhere" },
    { path: "/ns/nobody/x" },
    { path: "http://evil.example/x" },
    { path: "/nowhere", headers: ["Origin", "https://evil.example"] },
    { path: "/nowhere", headers: ["Expect", "nonsense"] },
    { path: "/nowhere", headers: ["Host", "second.example"] },
  ];

  const marks = await Promise.all(
    requests.map(async (request) => (await sendRaw(url, request)).headers["x-sandbox"]),
  );
  const socket = connect(Number(new URL(url).port), "127.0.0.1", () =>
    socket.write("no http\r\n\r\n"),
  );
  const [malformed] = (await once(socket, "data")) as [Buffer];

  expect(marks).toEqual(requests.map(() => mark));
  expect(malformed.toString()).toContain(`X-Sandbox: ${mark}\r\n`);
});
