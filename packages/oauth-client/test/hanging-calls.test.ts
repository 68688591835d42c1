import { inspect } from "node:util";
import { describe, expect, it } from "vitest";

import type { HttpTransport } from "@credicorp/oauth-core";
import { createFetchTransport } from "@credicorp/oauth-runtime";

import { delay, rejectionOf, setUp } from "./support/client.ts";

const never = new Promise<never>(() => undefined);

describe("what a caller hands in", () => {
  it("CLI-31 may throw: a transport that does gives a network error without its text, and the next call works", async () => {
    const real = createFetchTransport();
    let isBroken = true;
    const transport: HttpTransport = (...input) => {
      if (isBroken) throw new Error("planted-secret in a stack");
      return real(...input);
    };
    await using setup = await setUp({ transport });

    const error = await rejectionOf(setup.client.discover());
    isBroken = false;

    expect(error).toMatchObject({ kind: "network" });
    expect(inspect(error)).not.toContain("planted-secret");
    expect((await setup.client.getToken()).value).toBe("access-token-1");
  });

  it("may hang: a secret that does not come fails its callers, and the next one gets a token", async () => {
    let calls = 0;
    await using setup = await setUp({
      clientSecret: () => {
        calls += 1;
        return calls === 1 ? never : "planted-secret";
      },
      requestTimeoutMs: 400,
      maxWaitMs: 5000,
    });

    const token = await setup.client.getToken();

    expect(token.value).toBe("access-token-1");
    expect(calls).toBe(2);
  });

  it("may ignore its signal: a fetch that does keeps nobody waiting, and the next call works", async () => {
    let calls = 0;
    await using setup = await setUp({
      fetch: (input, init) => {
        calls += 1;
        return calls === 1 ? never : fetch(input, init);
      },
      requestTimeoutMs: 400,
    });

    const error = await rejectionOf(setup.client.discover());

    expect(error).toMatchObject({ kind: "timeout" });
    expect((await setup.client.discover()).issuer).toBe(setup.server.url);
  });

  it("CLI-14 may hang while a remembered error is looked at: the caller's signal still counts", async () => {
    let calls = 0;
    await using setup = await setUp({
      clientSecret: () => {
        calls += 1;
        return calls === 1 ? "planted-secret" : never;
      },
      tokenEndpointAuthMethod: "client_secret_post",
    });
    const { client, server } = setup;
    server.script.token = () => ({ status: 401, body: { error: "invalid_client" } });
    await rejectionOf(client.getToken());
    const controller = new AbortController();

    const refused = [1, 2, 3].map(() =>
      rejectionOf(client.getToken({ signal: controller.signal })),
    );
    await delay(20);
    controller.abort();

    for (const error of await Promise.all(refused))
      expect(error).toMatchObject({ kind: "aborted" });
    expect(calls).toBe(2);
  });
});

it("CLI-09 gives a caller whose patience ends the good old token, not an error", async () => {
  await using setup = await setUp();
  const { client, server } = setup;
  server.tokenMembers["expires_in"] = 2;
  const first = await client.getToken();
  server.script.token = () => ({ delayMs: 5000 });
  // The last tenth of its life: callers wait for another token.
  await delay(1850);

  const second = await client.getToken({ maxWaitMs: 30 });

  expect(second.value).toBe(first.value);
});

it.each([
  { option: "tokenEndpointAuthMethod", value: "private_key_jwt" },
  { option: "basicEncoding", value: "rawww" },
  { option: "unchallenged401", value: "yes" },
])(
  "CLI-25 refuses $option: $value, instead of taking it for the default",
  async ({ option, value }) => {
    const error = await rejectionOf(setUp({ [option]: value }));

    expect(error).toMatchObject({ kind: "config", option });
  },
);

it("CLI-31 hints by own entries only, and does not redact what merely looks like a short secret", async () => {
  await using setup = await setUp({ clientSecret: "client" });
  const { client, server } = setup;
  server.script.token = () => ({ status: 400, body: { error: "constructor" } });
  const odd = await rejectionOf(client.getToken());
  server.script.introspect = () => ({ status: 401, body: { error: "invalid_client" } });
  const plain = await rejectionOf(client.introspect("client"));

  expect(odd).toMatchObject({ error: "constructor", hint: undefined });
  expect(plain).toMatchObject({ error: "invalid_client" });
});
