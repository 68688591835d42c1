import type { SignatureAlgorithm } from "@credicorp/oauth-core";
import { describe, expect, it } from "vitest";

import { createTestKey } from "../support/node-ports.ts";
import type { KeyHostSetting } from "./support/client-key-host.ts";
import { createKeyHostSetting, host, keysUrl } from "./support/client-key-host.ts";
import type { TestResponse } from "./support/test-server.ts";
import { basic, paths } from "./support/test-server.ts";

const first = createTestKey("key-1", "ES256");
const second = createTestKey("key-2", "ES256");
const rsa = createTestKey("rsa", "PS256");

/** The client `signer`, which publishes the first key, unless told otherwise. */
async function setUp(
  keys: readonly unknown[] | undefined = [first.jwk],
  configuration: Parameters<typeof createKeyHostSetting>[0] = {},
): Promise<KeyHostSetting> {
  const setting = await createKeyHostSetting(configuration);
  if (keys.length > 0) setting.published.set(keysUrl, keys);
  await setting.register("signer");
  return setting;
}

function withoutId({ status, headers, body }: TestResponse): unknown {
  return { status, body, headers: headers.filter(([name]) => name !== "X-Request-Id") };
}

describe("clients that publish their keys", () => {
  it.each([paths.token, paths.introspection, paths.revocation])(
    "JWT-02 authenticate at %s by a key of their jwks_uri, fetched once",
    async (path) => {
      const { ask, requests } = await setUp();

      expect((await ask("signer", first, { path })).status).toBe(200);
      expect((await ask("signer", first, { path })).status).toBe(200);
      expect(requests).toMatchObject([
        {
          request: { method: "GET", url: keysUrl },
          options: { timeoutMs: 3000, maxBodyBytes: 65_536 },
        },
      ]);
    },
  );

  it.each<SignatureAlgorithm>(["PS256", "ES256", "Ed25519"])(
    "JWT-06 may sign with %s",
    async (algorithm) => {
      const key = createTestKey("key", algorithm);
      const { ask } = await setUp([key.jwk]);

      expect((await ask("signer", key)).status).toBe(200);
    },
  );

  it.each([
    { name: "for encryption", key: first, jwk: { ...first.jwk, use: "enc" } },
    { name: "not for verification", key: first, jwk: { ...first.jwk, key_ops: ["sign"] } },
    { name: "for RS256", key: rsa, jwk: { ...rsa.jwk, alg: "RS256" } },
    { name: "RSA without alg", key: rsa, jwk: { ...rsa.jwk, alg: undefined } },
    { name: "for another curve", key: first, jwk: { ...first.jwk, alg: "Ed25519" } },
    { name: "private", key: first, jwk: { ...first.jwk, d: "AAAA" } },
    { name: "of another kid", key: first, jwk: { ...first.jwk, kid: "key-9" } },
    {
      name: "of the same kid, with other material",
      key: first,
      jwk: { ...second.jwk, kid: "key-1" },
    },
  ])("JWT-06 ATK-05 ATK-17 cannot use a key that is $name", async ({ key, jwk }) => {
    const { ask } = await setUp([second.jwk, jwk]);

    const response = await ask("signer", key);

    expect(response).toMatchObject({ status: 401, json: { error: "invalid_client" } });
  });

  it("ATK-12 have nothing fetched from where an assertion says", async () => {
    const { ask, requests } = await setUp();
    const header = {
      jku: "https://evil.example/jwks",
      x5u: "https://evil.example",
      jwk: second.jwk,
    };

    expect((await ask("signer", second, { header: { ...header, kid: "key-1" } })).status).toBe(401);
    expect(new Set(requests.map(({ request }) => request.url))).toEqual(new Set([keysUrl]));
  });

  it("JWT-02 authenticate at once by a key that was published since", async () => {
    const { ask, published, requests } = await setUp();
    await ask("signer", first);
    published.set(keysUrl, [first.jwk, second.jwk]);

    expect((await ask("signer", second)).status).toBe(200);
    expect((await ask("signer", first)).status).toBe(200);
    expect(requests).toHaveLength(2);
  });

  it("ATK-16 no longer authenticate by a removed key when the set is over", async () => {
    const { ask, published, server, why } = await setUp([first.jwk, second.jwk], {
      clientKeySets: { allowedHosts: [host], maxLifetimeSeconds: 120 },
    });
    await ask("signer", first);
    published.set(keysUrl, [second.jwk]);

    server.clock.advance(83);
    expect((await ask("signer", first)).status).toBe(200);
    server.clock.advance(37);
    expect((await ask("signer", first)).status).toBe(401);
    expect(why()).toBe("assertion_key_unknown");
    expect((await ask("signer", second)).status).toBe(200);
  });

  it("ATK-13 cause a bounded number of fetches when a thousand unknown key ids are tried", async () => {
    const { ask, requests, server } = await setUp();
    const flood = async (): Promise<void> => {
      for (let index = 0; index < 500; index += 1) {
        const header = { kid: `unknown-${index}` };
        expect((await ask("signer", second, { header })).status).toBe(401);
      }
    };

    await flood();
    await flood();
    expect(requests).toHaveLength(4);
    server.clock.advance(30);
    await flood();
    expect(requests).toHaveLength(5);
    expect((await ask("signer", first)).status).toBe(200);
  });

  it("share one fetch among requests that come at once", async () => {
    const { ask, requests } = await setUp();

    const responses = await Promise.all(Array.from({ length: 20 }, () => ask("signer", first)));

    expect(responses.every(({ status }) => status === 200)).toBe(true);
    expect(requests).toHaveLength(1);
  });

  it("JWT-02 ATK-15 do not share keys, ten of them on one host", async () => {
    const { register, published, ask } = await setUp();
    const names = Array.from({ length: 10 }, (_item, index) => `client-${index}`);
    const keys = new Map(names.map((name) => [name, createTestKey("key-1", "ES256")]));
    for (const [name, key] of keys) {
      const url = `https://${host}/${name}`;
      published.set(url, [key.jwk]);
      await register(name, url);
    }

    for (const name of names) {
      for (const [owner, key] of keys) {
        const { status } = await ask(name, key);
        expect(`${name} by the key of ${owner}: ${status}`).toBe(
          `${name} by the key of ${owner}: ${name === owner ? 200 : 401}`,
        );
      }
    }
  });
});

describe("keys that cannot be had", () => {
  it("AUTH-06 are 503 with Retry-After, and no failure of the client", async () => {
    const { ask, why, published, server } = await setUp([], {
      limits: { token: null, address: null, failedAuthentication: { limit: 3, windowSeconds: 60 } },
    });

    for (let attempt = 0; attempt < 10; attempt += 1) {
      const response = await ask("signer", first);
      expect(response).toMatchObject({ status: 503, json: { error: "temporarily_unavailable" } });
      expect(Number(response.header("retry-after"))).toBeGreaterThanOrEqual(1);
      expect(why()).toBe("assertion_keys_unavailable");
    }
    expect(server.events.at(-1)).toMatchObject({ clientId: "signer", cause: { code: "network" } });
    published.set(keysUrl, [first.jwk]);
    server.clock.advance(1);
    expect((await ask("signer", first)).status).toBe(200);
  });

  it("are served from memory through an outage, for as long as is configured", async () => {
    const { ask, published, server } = await setUp([first.jwk], {
      clientKeySets: { allowedHosts: [host], maxLifetimeSeconds: 60, maxStaleSeconds: 120 },
    });
    await ask("signer", first);
    published.delete(keysUrl);

    server.clock.advance(179);
    expect((await ask("signer", first)).status).toBe(200);
    expect((await ask("signer", second)).status).toBe(503);
    server.clock.advance(1);
    expect((await ask("signer", first)).status).toBe(503);
  });

  it("JWT-06 are 503 while the host publishes none that is usable", async () => {
    const { ask } = await setUp([{ ...rsa.jwk, alg: "RS256" }]);

    expect((await ask("signer", first)).status).toBe(503);
  });

  it("AUTH-06 are invalid_client, and not fetched, for all who may not use them", async () => {
    const { ask, register, requests, server } = await setUp([]);
    await register("disabled", keysUrl, { enabled: false });
    const wrongSecret = await server.post(
      paths.token,
      { grant_type: "client_credentials" },
      {
        headers: [basic("basic", "wrong")],
      },
    );
    const reference = withoutId(wrongSecret);

    expect(withoutId(await ask("nobody", first))).toEqual(reference);
    expect(withoutId(await ask("basic", first))).toEqual(reference);
    expect(withoutId(await ask("disabled", first))).toEqual(reference);
    expect(requests).toEqual([]);
  });

  it("AUTH-11 are not fetched where the method is off", async () => {
    const { ask, requests } = await setUp([first.jwk], {
      clientAuthenticationMethods: ["client_secret_basic"],
    });

    expect((await ask("signer", first)).status).toBe(401);
    expect(requests).toEqual([]);
  });

  it("AUTH-06 ATK-45 look the same whether the key is unknown or the signature is bad", async () => {
    const { ask, why } = await setUp();

    const unknown = await ask("signer", second);
    expect(why()).toBe("assertion_key_unknown");
    const bad = await ask("signer", second, { header: { kid: "key-1" } });
    expect(why()).toBe("assertion_signature");
    expect(withoutId(unknown)).toEqual(withoutId(bad));
  });
});
