import type { SandboxOptions } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { describe, expect, it, onTestFinished } from "vitest";

import { tokenRequest } from "./support/requests.ts";
import { jwksPath, readSegment, tokenPath } from "./support/fault-setting.ts";

const algorithms = ["Ed25519", "ES256", "ES384", "ES512"] as const;

/** All that a partner could compare of a run, byte by byte. */
async function play(options: SandboxOptions): Promise<readonly string[]> {
  await using sandbox = await createSandbox({ additionalAlgorithms: [], ...options });
  sandbox.clock.freeze();
  sandbox.clock.set("2030-01-01T00:00:00Z");
  const client = await sandbox.clients.create({
    id: "made",
    tokenEndpointAuthMethod: "client_secret_basic",
    scope: ["decisions:read"],
  });
  const seen: string[] = [client.secret];
  const write = async (response: Response): Promise<void> => {
    seen.push(JSON.stringify([response.status, [...response.headers], await response.text()]));
  };
  for (let turn = 0; turn < 3; turn += 1) {
    await write(await sandbox.fetch(tokenPath, tokenRequest(client)));
    await write(await sandbox.fetch(tokenPath, tokenRequest({ ...client, secret: "wrong" })));
    await sandbox.keys.rotate();
    sandbox.clock.advance("1m");
  }
  await write(await sandbox.fetch(jwksPath));
  return seen;
}

describe("a sandbox with a seed", () => {
  const options: SandboxOptions = {
    seed: 42,
    accessTokenAlgorithm: "Ed25519",
    faults: [
      { fault: "bad_signature", probability: 0.5 },
      { fault: "dpop_nonce_storm", times: 1 },
    ],
  };

  it("FLT-07 repeats itself with Ed25519 byte for byte: tokens, keys, secrets, request ids and faults", async () => {
    const first = await play(options);

    expect(await play(options)).toEqual(first);
    const other = await play({ ...options, seed: 43 });
    for (const [index, text] of first.entries()) expect(other[index]).not.toBe(text);
  });

  it("FLT-07 issues the same tokens to requests that are made at once", async () => {
    const playAtOnce = async (): Promise<readonly string[]> => {
      await using sandbox = await createSandbox(options);
      sandbox.clock.freeze();
      sandbox.clock.set("2030-01-01T00:00:00Z");
      const init = tokenRequest(sandbox.clients.get("partner-basic"));
      return await Promise.all(
        Array.from({ length: 10 }, async () => (await sandbox.fetch(tokenPath, init)).text()),
      );
    };

    const first = await playAtOnce();

    expect(await playAtOnce()).toEqual(first);
    expect(new Set(first).size).toBe(10);
  });

  it.each(algorithms)("makes keys of %s that sign, each time the same", async (algorithm) => {
    const look = async (): Promise<unknown> => {
      await using sandbox = await createSandbox({
        ...options,
        accessTokenAlgorithm: algorithm,
        faults: [],
      });
      await sandbox.keys.rotate();
      const keys = await (await sandbox.fetch(jwksPath)).json();
      const init = tokenRequest(sandbox.clients.get("partner-basic"));
      const { access_token: token } = (await (await sandbox.fetch(tokenPath, init)).json()) as {
        access_token: string;
      };
      const api = sandbox.clients.get("partner-api");
      const introspection = await sandbox.fetch("/partner/v1/oauth/introspect", {
        ...tokenRequest(api),
        body: new URLSearchParams({ token }),
      });
      expect(await introspection.json()).toMatchObject({ active: true });
      return keys;
    };

    const first = await look();

    expect(await look()).toEqual(first);
    expect((first as { keys: unknown[] }).keys).toHaveLength(2);
  });

  it("FLT-08 says in each token that its keys are test keys", async () => {
    const claimsOf = async (seed: number | undefined): Promise<Record<string, unknown>> => {
      await using sandbox = await createSandbox({ seed });
      const init = tokenRequest(sandbox.clients.get("partner-basic"));
      const answer = (await (await sandbox.fetch(tokenPath, init)).json()) as Record<
        string,
        unknown
      >;
      return readSegment(answer["access_token"], 1);
    };

    expect(await claimsOf(0)).toMatchObject({ env: "sandbox", test_keys: true });
    expect(await claimsOf(undefined)).not.toHaveProperty("test_keys");
  });

  it("makes the keys of its clients, and signs with RSA keys that are not made of it", async () => {
    const make = async () => {
      const sandbox = await createSandbox({ seed: 1, accessTokenAlgorithm: "RS256" });
      onTestFinished(() => sandbox.close());
      const { privateJwk } = await sandbox.clients.create({
        id: "signer",
        tokenEndpointAuthMethod: "private_key_jwt",
        scope: ["decisions:read"],
      });
      return { privateJwk, keys: await sandbox.keys.list() };
    };

    const [first, second] = [await make(), await make()];

    expect(second.privateJwk).toEqual(first.privateJwk);
    expect(first.privateJwk).toMatchObject({ kty: "EC", kid: "signer-1" });
    expect(second.keys).not.toEqual(first.keys);
  });

  it.each([-1, 0.5, 2 ** 32, NaN])("refuses the seed %d", async (seed) => {
    await expect(createSandbox({ seed })).rejects.toMatchObject({ option: "seed" });
  });

  it("FLT-08 has nothing in common with another run when there is no seed", async () => {
    const { seed: _seed, ...random } = options;
    const first = await play(random);
    const second = await play(random);

    for (const [index, text] of first.entries()) expect(second[index]).not.toBe(text);
  });
});
