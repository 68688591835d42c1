import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const program = `
  import { createOAuthClient } from "@credicorp/oauth-client";

  const issuer = "https://hub.example";
  const body = JSON.stringify({ access_token: "t", token_type: "Bearer", expires_in: 900 });
  const value = { status: 200, headers: [], body: new TextEncoder().encode(body) };
  const client = createOAuthClient({
    baseUrl: issuer,
    clientId: "partner",
    clientSecret: "secret",
    metadata: { issuer, tokenEndpoint: issuer + "/token" },
    transport: async () => ({ ok: true, value }),
  });
  const seen = [];
  process.on("uncaughtException", (error, origin) => seen.push(origin + " " + error.message));
  process.on("warning", ({ message, code }) => seen.push(code + " " + message));
  client.on("obtained", () => { throw new TypeError("thrown"); });
  client.on("obtained", async () => { throw new RangeError("rejected"); });
  client.on("obtained", () => seen.push("heard"));
  const token = await client.getToken();
  await client.with({ scope: ["other"] }).getToken();
  setTimeout(() => console.log(JSON.stringify({ token: token.value, seen: seen.sort() })), 50);
`;

it("gives the call its token and each listener its event, and warns once of one that throws", async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "--no-warnings", "--eval", program],
    { cwd: new URL("../..", import.meta.url), timeout: 20_000 },
  );

  expect(JSON.parse(stdout)).toEqual({
    token: "t",
    seen: [
      "CREDICORP_OAUTH_OBSERVER_FAILED A listener for obtained of the OAuth client has failed (TypeError)",
      "heard",
      "heard",
    ],
  });
});
