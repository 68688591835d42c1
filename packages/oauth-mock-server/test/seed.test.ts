import type { SandboxOptions, SandboxSpace } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { describe, expect, it, onTestFinished } from "vitest";

import { tokenRequest } from "./support/requests.ts";
import { jwksPath, readSegment, tokenPath, unlimited } from "./support/fault-setting.ts";

const algorithms = ["Ed25519", "ES256", "ES384", "ES512"] as const;

type Space = Omit<SandboxSpace, "scenarios">;

/** Takes from a sandbox all that a partner could compare of a run, byte by byte; request ids are nobody's to foretell. */
async function record(sandbox: Space): Promise<readonly string[]> {
  sandbox.clock.freeze();
  sandbox.clock.set("2030-01-01T00:00:00Z");
  const client = await sandbox.clients.create({
    id: "made",
    tokenEndpointAuthMethod: "client_secret_basic",
    scope: ["decisions:read"],
  });
  const signer = await sandbox.clients.create({
    id: "signer",
    tokenEndpointAuthMethod: "private_key_jwt",
    accessTokenAlgorithm: "ES384",
    scope: ["decisions:read"],
  });
  const seen: string[] = [client.secret, JSON.stringify(signer.privateJwk)];
  const write = async (response: Response): Promise<void> => {
    response.headers.delete("x-request-id");
    seen.push(JSON.stringify([response.status, [...response.headers], await response.text()]));
  };
  const base = new URL(sandbox.issuer).pathname.replace(/^\/$/, "");
  const ask = (init: RequestInit): Promise<Response> => sandbox.fetch(base + tokenPath, init);
  for (let turn = 0; turn < 3; turn += 1) {
    await write(await ask(tokenRequest(client)));
    await write(await ask(tokenRequest({ ...client, secret: "wrong" })));
    await sandbox.keys.rotate();
    seen.push(await sandbox.issueToken());
    sandbox.clock.advance("1m");
  }
  seen.push((await sandbox.clients.rotateSecret("made", { overlapSeconds: 0 })).secret);
  sandbox.faults.add({ fault: "unknown_kid", endpoint: "token", probability: 0.5 });
  for (let turn = 0; turn < 4; turn += 1) {
    await write(await ask(tokenRequest(sandbox.clients.get("made"))));
  }
  await write(await sandbox.fetch(base + jwksPath));
  seen.push(JSON.stringify(await sandbox.keys.list()), JSON.stringify(sandbox.faults.list()));
  return seen;
}

/** Returns what two runs have in common, text by text. */
function alike(first: readonly string[], second: readonly string[]): readonly string[] {
  return first.filter((text, index) => second[index] === text);
}

/** Returns the texts that say nothing which chance decides, but for the request ids that were left out. */
function refusals(texts: readonly string[]): readonly string[] {
  return texts.filter((text) => text.startsWith("[401"));
}

async function play(options: SandboxOptions): Promise<readonly string[]> {
  await using sandbox = await createSandbox({ additionalAlgorithms: [], ...options });
  return await record(sandbox);
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

  it("FLT-07 repeats itself with Ed25519 byte for byte: tokens, keys, secrets and faults", async () => {
    const first = await play(options);

    expect(await play(options)).toEqual(first);
    const other = await play({ ...options, seed: 43 });
    expect(alike(first, other)).toEqual(refusals(first));
  });

  it("FLT-11 repeats itself after a reset, as often as it is reset, rotated keys included", async () => {
    await using sandbox = await createSandbox({ additionalAlgorithms: [], ...options });
    const first = await record(sandbox);

    await sandbox.reset();
    const second = await record(sandbox);
    await sandbox.reset();

    expect(second).toEqual(first);
    expect(await record(sandbox)).toEqual(first);
    expect(await play(options)).toEqual(first);
  });

  it("FLT-11 repeats itself after a reset behind a port, and in a namespace", async () => {
    await using sandbox = await createSandbox({ additionalAlgorithms: [], ...options });
    await sandbox.listen();
    const namespace = await sandbox.namespaces.create("a");
    const first = [await record(sandbox), await record(namespace)];

    await Promise.all([sandbox.reset(), namespace.reset()]);
    const second = [await record(sandbox), await record(namespace)];
    await sandbox.namespaces.delete("a");
    const anew = await record(await sandbox.namespaces.create("a"));

    expect(second).toEqual(first);
    expect(anew).toEqual(first[1]);
  });

  it("FLT-11 has the keys of its start after a reset: one that was revoked, none that was rotated in", async () => {
    await using sandbox = await createSandbox({ ...options, additionalAlgorithms: ["ES256"] });
    const jwks = async (): Promise<unknown> => (await sandbox.fetch(jwksPath)).json();
    const atTheStart = await jwks();
    const [key] = await sandbox.keys.list();
    await sandbox.keys.rotate();
    await sandbox.keys.revoke(key?.kid ?? "");

    await sandbox.reset();

    expect(await jwks()).toEqual(atTheStart);
    const token = await sandbox.issueToken();
    expect(readSegment(token, 0)).toMatchObject({ kid: key?.kid });
  });

  it("FLT-11 keeps what its configuration needed since, such as a key of another algorithm", async () => {
    await using sandbox = await createSandbox({ ...options, additionalAlgorithms: [] });
    await sandbox.reconfigure({
      ...options,
      additionalAlgorithms: [],
      accessTokenAlgorithm: "RS256",
    });
    const keys = await sandbox.keys.list();

    await sandbox.reset();

    expect(keys.map(({ algorithm }) => algorithm)).toEqual(["Ed25519", "RS256"]);
    expect(await sandbox.keys.list()).toEqual(keys);
  });

  it("FLT-11 keeps a key that could wait until the first answer, and one that a reset had to make", async () => {
    await using sandbox = await createSandbox({ ...options, additionalAlgorithms: ["ES512"] });
    const { url } = await sandbox.listen();
    // Then the key is of a day that is to come when the clock is set back.
    sandbox.clock.advance("10d");
    await (await fetch(url + jwksPath)).arrayBuffer();
    const known = async (): Promise<readonly string[]> =>
      (await sandbox.keys.list()).map(({ algorithm }) => algorithm);
    await expect.poll(known, { timeout: 8000 }).toEqual(["Ed25519", "ES512"]);
    const kids = async (): Promise<readonly string[]> =>
      (await sandbox.keys.list()).map(({ kid }) => kid);
    const before = await kids();

    await sandbox.reset();
    const after = await kids();
    await sandbox.reset();

    expect(after).toEqual(expect.arrayContaining([...before]));
    expect(await known()).toEqual(["Ed25519", "ES512", "ES512"]);
    expect(await kids()).toEqual(after);
  });

  it("FLT-11 changes its keys by schedule as it did before a reset", async () => {
    const keyRotation = { everySeconds: 600, announceSeconds: 300 };
    const schedule = { ...options, additionalAlgorithms: [], keyRotation };
    await using sandbox = await createSandbox(schedule);
    await sandbox.listen();
    const run = async (): Promise<readonly string[]> => {
      sandbox.clock.advance("11m");
      await expect.poll(sandbox.keys.list, { timeout: 8000 }).toHaveLength(2);
      return (await sandbox.keys.list()).map(({ kid }) => kid);
    };

    const first = await run();
    await sandbox.reset();

    expect(await run()).toEqual(first);
  });

  it("FLT-08 draws anew each time: what follows is never what was", async () => {
    await using sandbox = await createSandbox({ ...options, ...unlimited });
    const id = async (): Promise<unknown> => readSegment(await sandbox.issueToken(), 1)["jti"];
    const jtis = [await id(), await id(), await id()];
    const dice = [1, 2, 3].map(() => {
      const { id: name } = sandbox.faults.add({ fault: "server_error", probability: 0.5 });
      return sandbox.faults.list().find((rule) => rule.id === name)?.rule.seed;
    });

    expect(new Set(jtis).size).toBe(3);
    expect(new Set(dice).size).toBe(3);
  });

  it("FLT-12 has request ids that nobody can foretell, and admin tokens too", async () => {
    const look = async (): Promise<readonly string[]> => {
      await using sandbox = await createSandbox({ ...options, namespaces: {} });
      const namespace = await sandbox.namespaces.create("a");
      const ids = async (init: RequestInit): Promise<string> =>
        (await sandbox.fetch(tokenPath, init)).headers.get("x-request-id") ?? "";
      const good = sandbox.clients.get("partner-basic");
      const served = await ids(tokenRequest(good));
      const refused = await ids(tokenRequest({ ...good, secret: "wrong" }));
      sandbox.faults.add({ fault: "server_error", endpoint: "token" });
      const faulted = await ids(tokenRequest(good));
      await sandbox.reset();
      const again = await ids(tokenRequest(good));
      return [served, refused, faulted, again, sandbox.adminToken, namespace.adminToken];
    };

    const [first, second] = [await look(), await look()];

    expect(new Set([...first, ...second]).size).toBe(12);
    for (const id of first.slice(0, 4)) expect(id).toMatch(/^[\w-]{22}$/);
  });

  it("FLT-12 writes no request id into the audit trail that could be foretold", async () => {
    const look = async (): Promise<readonly string[]> => {
      const ids: string[] = [];
      await using sandbox = await createSandbox({
        ...options,
        audit: ({ requestId }) => void ids.push(requestId),
      });
      await sandbox.keys.rotate();
      await sandbox.fetch(tokenPath, tokenRequest(sandbox.clients.get("partner-basic")));
      return ids;
    };

    const all = [...(await look()), ...(await look())];

    expect(new Set(all).size).toBe(4);
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

    expect(alike(first, second)).toEqual(refusals(first));
  });
});
