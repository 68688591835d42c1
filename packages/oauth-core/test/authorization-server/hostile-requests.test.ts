import { describe, expect, it } from "vitest";

import type { HeaderList } from "@credicorp/oauth-core";

import { createAssertionSetting } from "./support/assertion-client.ts";
import type { TestResponse, TestServer } from "./support/test-server.ts";
import { basic, createTestServer, paths, secrets } from "./support/test-server.ts";

const endpoints = [paths.token, paths.introspection, paths.revocation];
const form = "grant_type=client_credentials&token=x";
const formType = ["Content-Type", "application/x-www-form-urlencoded"] as const;
const credentials = Buffer.from(`basic:${secrets.basic}`).toString("base64");
const unlimited = { limits: { failedAuthentication: null } };

async function send(
  server: TestServer,
  target: string,
  input: { readonly headers?: HeaderList; readonly body?: string | Uint8Array },
): Promise<TestResponse> {
  const { headers = [basic("basic", secrets.basic)], body = form } = input;
  return server.request({ method: "POST", target, headers: [formType, ...headers], body });
}

/** Returns status and error, once it is sure that the answer is well formed, and that nothing failed inside. */
function errorOf(server: TestServer, response: TestResponse): readonly [number, unknown] {
  expect(response.json["error_description"]).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
  expect(response.header("content-type")).toBe("application/json");
  expect(response.header("cache-control")).toBe("no-store");
  expect(server.events.map(({ type }) => type)).not.toContain("request_failed");
  return [response.status, response.json["error"]];
}

describe.each(endpoints)("at %s a hostile request", (path) => {
  it.each([
    ["a tab", `Basic\t${credentials}`],
    ["a space in front", ` Basic ${credentials}`],
    ["something behind", `Basic ${credentials} x`],
    ["a list", `Basic ${credentials}, Basic ${credentials}`],
    ["no credentials", "Basic"],
    ["no scheme", credentials],
    ["another scheme", `Bearer ${credentials}`],
    ["a longer scheme", `Basics ${credentials}`],
    ["a token of our own kind", "DPoP a.b.c"],
    ["a NUL", `Basic ${credentials}\0`],
    ["a line", `Basic ${credentials}\r\nX: y`],
    ["nothing", ""],
  ])("ATK-42 AUTH-08 with an Authorization of %s is invalid_client", async (_name, value) => {
    const server = await createTestServer();

    const response = await send(server, path, { headers: [["Authorization", value]] });

    expect(errorOf(server, response)).toEqual([401, "invalid_client"]);
    expect(response.headers.flat().join("")).not.toMatch(/[\r\n\0]/);
  });

  it("ATK-42 AUTH-03 with good credentials twice is invalid_request", async () => {
    const server = await createTestServer();
    const field = basic("basic", secrets.basic);
    const body = `${form}&client_id=basic&client_secret=${secrets.basic}`;

    expect(errorOf(server, await send(server, path, { headers: [field, field] }))).toEqual([
      400,
      "invalid_request",
    ]);
    expect(errorOf(server, await send(server, path, { headers: [field], body }))).toEqual([
      400,
      "invalid_request",
    ]);
  });

  it("HTTP-05 of two megabytes is 413, and of ten thousand parameters is refused", async () => {
    const server = await createTestServer({ maxBodyBytes: 100_000 });

    for (const body of ["x".repeat(2_000_000), new Uint8Array(2_000_000)]) {
      expect(errorOf(server, await send(server, path, { body }))).toEqual([413, "invalid_request"]);
    }
    const many = Array.from({ length: 10_000 }, (_, index) => `${index}=1`).join("&");
    expect(errorOf(server, await send(server, path, { body: many }))).toEqual([
      400,
      "invalid_request",
    ]);
    expect(server.events.at(-1)).toMatchObject({ why: "too_many_parameters" });
  });

  it.each(["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "__proto__[x]"])(
    "with the parameter %s, also twice, is as without it",
    async (name) => {
      const server = await createTestServer();

      const response = await send(server, path, { body: `${form}&${name}=1&${name}=2` });

      expect(response.status).toBe(200);
      expect(Object.prototype).not.toHaveProperty("x");
      expect({}).not.toHaveProperty("1");
    },
  );

  it.each(["__proto__", "constructor", "toString", "", "a".repeat(10_000), "é\u{1f600}"])(
    "AUTH-06 of the client %j is invalid_client, by every method",
    async (id) => {
      const { server, assert } = await createAssertionSetting(unlimited);
      const assertion = assert({ iss: id, sub: id });
      const type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
      const posted = new URLSearchParams({ client_id: id, client_secret: secrets.basic });
      const asserted = new URLSearchParams({
        client_assertion_type: type,
        client_assertion: assertion,
      });

      const answers = [
        await send(server, path, { headers: [basic(id, secrets.basic)] }),
        await send(server, path, { headers: [], body: `${form}&${posted.toString()}` }),
      ];
      // A longer assertion is no assertion, or no body that is read.
      if (id.length < 1000) {
        answers.push(
          await send(server, path, { headers: [], body: `${form}&${asserted.toString()}` }),
        );
      }

      for (const answer of answers)
        expect(errorOf(server, answer)).toEqual([401, "invalid_client"]);
    },
  );

  it.each([
    ["NUL", "%00"],
    ["NUL inside", "a%00b"],
    ["half an encoding", "%a"],
    ["no encoding", "%zz"],
    ["a stray byte", "%80"],
    ["an unfinished character", "%e2%82"],
    ["overlong UTF-8", "%c0%af"],
    ["longer overlong UTF-8", "%e0%80%af"],
    ["half a surrogate pair", "%ed%a0%80"],
    ["more than Unicode has", "%f4%90%80%80"],
  ])("HTTP-06 ATK-23 with %s, in a name or a value, is invalid_request", async (_name, text) => {
    const server = await createTestServer();

    for (const body of [`${form}&x=${text}`, `${form}&${text}=x`, `${form}&scope=${text}`, text]) {
      expect(errorOf(server, await send(server, path, { body }))).toEqual([400, "invalid_request"]);
    }
  });

  it.each([
    ["a stray byte", [0x80]],
    ["overlong UTF-8", [0xc0, 0xaf]],
    ["half a surrogate pair", [0xed, 0xa0, 0x80]],
    ["UTF-16", [0xff, 0xfe, 0x61, 0x00]],
    ["NUL", [0x00]],
  ])(
    "HTTP-06 ATK-23 with %s as it is, in a name or a value, is invalid_request",
    async (_name, bytes) => {
      const server = await createTestServer();
      const raw = Buffer.from(bytes);

      for (const parts of [[`${form}&x=`, raw], [`${form}&`, raw, "=x"], [raw]]) {
        const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
        expect(errorOf(server, await send(server, path, { body }))).toEqual([
          400,
          "invalid_request",
        ]);
      }
    },
  );

  it("ATK-43 AUTH-08 gets nothing of what it sends into a field or an error", async () => {
    const server = await createTestServer(unlimited);
    const planted = `\r\nSet-Cookie: a=b"\\<script>`;
    const names = ["grant_type", "scope", "resource", "token_type_hint", "client_id", "state"];

    for (const name of names) {
      const body = `${form}&${new URLSearchParams({ [name]: planted }).toString()}`;
      const { headers, body: answer } = await send(server, path, { body });
      for (const [, value] of headers) expect(value).toMatch(/^[\x20-\x7e]*$/);
      expect(headers.map(([field]) => field)).not.toContain("Set-Cookie");
      expect(answer).not.toMatch(/<|Set-Cookie/);
    }
    const stranger = await send(server, path, { headers: [basic(planted, planted)] });
    expect(errorOf(server, stranger)).toEqual([401, "invalid_client"]);
    expect(JSON.stringify(stranger.headers)).not.toMatch(/<|Set-Cookie/);
  });
});
