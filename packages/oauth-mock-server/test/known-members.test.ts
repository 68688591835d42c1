import { createSandbox, defaultClients } from "@credicorp/oauth-mock-server";
import { describe, expect, it } from "vitest";

const client = { id: "a", tokenEndpointAuthMethod: "client_secret_basic" } as const;

/** As a program says it that no compiler reads. */
function untyped(options: object): never {
  return options as never;
}

describe("who misspells what a sandbox is told", () => {
  it.each([
    [{ sed: 1 }, "sed is unknown: write seed, if that is meant"],
    [{ clients: [{ ...client, scopes: ["x"] }] }, 'clients["a"].scopes is unknown: write scope,'],
    [
      { clients: [{ ...client, secrets: [{ secrt: "x" }] }] },
      'clients["a"].secrets[0].secrt is unknown: write secret,',
    ],
    [
      { clients: [{ ...client, tokenEndpointAuthMethod: "basic" }] },
      'clients["a"].tokenEndpointAuthMethod must be one of client_secret_basic,',
    ],
    [{ clients: [{ id: "a" }] }, 'clients["a"].tokenEndpointAuthMethod must be one of'],
    [{ zebra: 1 }, "zebra is unknown: there are issuer, clients,"],
    [{ constructor: 1 }, "constructor is unknown: there are issuer,"],
  ])("CMD-02 is told so: %j", async (options, rule) => {
    await expect(createSandbox(untyped(options))).rejects.toMatchObject({
      kind: "config",
      message: expect.stringContaining(rule),
    });
    await using sandbox = await createSandbox();
    const before = sandbox.clients.list();
    await expect(sandbox.reconfigure(untyped(options))).rejects.toThrow(rule);
    expect(sandbox.clients.list()).toEqual(before);
  });

  it("CMD-02 may leave out by undefined what he does not mean", async () => {
    await using sandbox = await createSandbox(untyped({ sed: undefined }));

    expect(sandbox.clients.list()).toHaveLength(defaultClients.length);
  });

  it("CMD-02 is told so by each operation, and nothing comes of it", async () => {
    await using sandbox = await createSandbox();
    const keys = await sandbox.keys.list();
    const { clients, namespaces, issueToken } = sandbox;

    await expect(clients.create(untyped({ ...client, scop: [] }))).rejects.toThrow(/write scope/);
    await expect(namespaces.create("a", untyped({ sede: 1 }))).rejects.toThrow(/write seed/);
    await expect(issueToken(untyped({ client: "a" }))).rejects.toThrow(/client is unknown/);
    await expect(issueToken(untyped({ malformed: "expird" }))).rejects.toThrow(
      /malformed must be one of/,
    );
    await expect(sandbox.keys.rotate(untyped({ algorithm: "HS256" }))).rejects.toThrow(
      /algorithm must be one of RS256/,
    );

    expect(namespaces.list()).toEqual([]);
    expect(await sandbox.keys.list()).toEqual(keys);
  });
});
