import type { ExportedKeys, VerifierEvent, VerifierOptions } from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import * as portable from "@credicorp/oauth-runtime/portable";
import { describe, expect, it } from "vitest";

import { createIssuerKey, startIssuer } from "../support/issuer.ts";
import { describeOutcome, setUp } from "../support/set-up.ts";

const secret = "an-example-secret-of-32-letters-or-more";

/** A verifier that has exported its keys, and the next process. */
async function exportKeys(seal: { readonly secret: string | null } = { secret }) {
  const issuer = await startIssuer([createIssuerKey("k1"), createIssuerKey("k2", "ES256")]);
  issuer.cacheControl = "max-age=600";
  const started = Date.now() / 1000;
  const options = { issuer: issuer.url, audience: "https://api.example" };
  const first = createVerifier({ ...options, ports: { clock: createControlledClock(started) } });
  await first.ready();
  const exported = JSON.parse(JSON.stringify(await first.exportKeys(seal))) as ExportedKeys;
  const token = issuer.keys[1]?.sign(issuer.claims({ exp: started + 86_400 })) ?? "";

  const start = (
    initialKeys: VerifierOptions["initialKeys"],
    { afterSeconds = 1, ...change }: Partial<VerifierOptions> & { afterSeconds?: number } = {},
  ) => {
    const clock = createControlledClock(started + afterSeconds);
    const ports = { clock, random: { fraction: () => 0.5 }, ...change.ports };
    const verifier = createVerifier({ ...options, initialKeys, ...change, ports });
    const events: VerifierEvent[] = [];
    verifier.subscribe((event) => events.push(event));
    return {
      clock,
      verifier,
      events,
      verify: async () => describeOutcome(await verifier.verifyToken(token)),
    };
  };
  return { issuer, exported, start, token };
}

describe("keys that the process before has exported", () => {
  it("are served while the issuer cannot be asked, to the end of their own time by the wall clock", async () => {
    const { issuer, exported, start } = await exportKeys();
    await issuer.setDown(true);
    const { verify, verifier } = start({ exported, secret });
    const late = start({ exported, secret }, { afterSeconds: 4199 });
    const tooLate = start({ exported, secret }, { afterSeconds: 4200 });
    const strict = start({ exported, secret }, { afterSeconds: 900, maxStaleSeconds: 300 });

    expect(await verify()).toBe("ok");
    await verifier.ready();
    await late.verifier.ready();
    expect(late.verifier.health().failures).toBe(1);
    expect(await late.verify()).toBe("ok");
    expect(late.verifier.health().phase).toBe("stale");
    late.clock.advance(1);
    expect(await late.verify()).toBe("unavailable: keys_unavailable");
    expect(await tooLate.verify()).toBe("unavailable: keys_unavailable");
    expect(tooLate.verifier.health().importRefusal).toBe("import_dead");
    expect(await strict.verify()).toBe("unavailable: keys_unavailable");
  });

  it("ATK-16 are replaced at once by what the issuer publishes", async () => {
    const { issuer, exported, start } = await exportKeys();
    issuer.keys = issuer.keys.slice(0, 1);
    const before = issuer.requests.length;
    const { verifier, events, verify } = start({ exported, secret });

    await expect.poll(() => verifier.health().phase).toBe("fresh");
    expect(issuer.requests.slice(before)).toHaveLength(2);
    expect(events).toEqual([
      expect.objectContaining({ type: "keys_imported", issuer: issuer.url, keyIds: ["k1", "k2"] }),
      expect.objectContaining({ type: "keys_fetched", keyIds: ["k1"] }),
      { type: "key_removed", issuer: issuer.url, kid: "k2", algorithm: "ES256" },
    ]);
    expect(await verify()).toBe("rejected: key_not_found");
  });

  it("are confirmed by the name of their document where it is still current", async () => {
    const { issuer, start } = await exportKeys();
    const conditions: (string | undefined)[] = [];
    issuer.answerKeys = (response, { headers }) => {
      conditions.push(headers["if-none-match"]);
      response.setHeader("ETag", '"v1"');
      if (headers["if-none-match"] === '"v1"') return void response.writeHead(304).end();
      return void response.end(JSON.stringify({ keys: issuer.keys.map(({ jwk }) => jwk) }));
    };
    const first = start(undefined).verifier;
    await first.ready();
    const exported = await first.exportKeys({ secret });
    const { verifier, events } = start({ exported, secret });

    await expect.poll(() => verifier.health().phase).toBe("fresh");
    expect(conditions).toEqual([undefined, '"v1"']);
    expect(events[1]).toMatchObject({ type: "keys_fetched", isUnchanged: true });
  });

  it("ATK-18 are not confirmed by the name of a document where no seal binds it to them", async () => {
    const { issuer, exported, start } = await exportKeys({ secret: null });
    const attacker = createIssuerKey("k1");
    const planted = {
      ...exported,
      keySets: exported.keySets.map((keySet) => ({
        ...keySet,
        keys: [{ ...attacker.jwk, alg: "Ed25519" }],
        validator: { url: `${issuer.url}/jwks`, etag: '"v1"' },
      })),
    };
    const conditions: (string | undefined)[] = [];
    issuer.answerKeys = (response, { headers }) => {
      conditions.push(headers["if-none-match"]);
      response.end(JSON.stringify({ keys: issuer.keys.map(({ jwk }) => jwk) }));
    };
    const { verifier } = start({ exported: planted, secret: null });

    await expect.poll(() => verifier.health().phase).toBe("fresh");
    expect(conditions).toEqual([undefined]);
    expect(describeOutcome(await verifier.verifyToken(attacker.sign(issuer.claims())))).toBe(
      "rejected: signature",
    );
  });

  it("ATK-18 are refused when a bit of them was changed, or the secret is another", async () => {
    const { issuer, exported, start } = await exportKeys();
    await issuer.setDown(true);
    const [keySet] = exported.keySets;
    const changed = (change: object): object => ({
      ...exported,
      keySets: [{ ...keySet, ...change }],
    });
    const [first, ...rest] = keySet?.keys ?? [];
    const { seal, ...unsealed } = exported;
    const refusals: readonly [exported: unknown, secret: string | null, reason: string][] = [
      [
        changed({ keys: [{ ...createIssuerKey("k1").jwk, alg: "Ed25519" }, ...rest] }),
        secret,
        "import_seal",
      ],
      [changed({ keys: rest }), secret, "import_seal"],
      [changed({ keys: [...rest, first] }), secret, "import_seal"],
      [changed({ expiresAt: (keySet?.expiresAt ?? 0) + 1 }), secret, "import_seal"],
      [changed({ deadAt: (keySet?.deadAt ?? 0) + 1 }), secret, "import_seal"],
      [changed({ exportedAt: (keySet?.exportedAt ?? 0) + 1 }), secret, "import_seal"],
      [changed({ validator: { url: `${issuer.url}/jwks`, etag: '"v2"' } }), secret, "import_seal"],
      [{ ...exported, keySets: [keySet, keySet] }, secret, "import_seal"],
      [exported, `${secret}!`, "import_seal"],
      [exported, null, "import_seal"],
      [unsealed, secret, "import_seal"],
      [{ ...exported, seal: `${seal?.slice(0, -2)}AA` }, secret, "import_seal"],
      [{ ...exported, seal: 7 }, secret, "import_seal"],
      [{ ...exported, format: "credicorp-verifier-keys-2" }, secret, "import_malformed"],
      [{ ...exported, keySets: {} }, secret, "import_malformed"],
      [undefined, secret, "import_malformed"],
      ["{}", secret, "import_malformed"],
    ];

    for (const [value, given, reason] of refusals) {
      const { verifier, verify, events } = start({ exported: value, secret: given });
      expect(await verify(), reason).toBe("unavailable: keys_unavailable");
      expect(verifier.health().importRefusal).toBe(reason);
      expect(events[0]).toEqual({ type: "keys_import_refused", issuer: issuer.url, reason });
    }
  });

  it("are the same for a store that keeps members in another order", async () => {
    const { issuer, exported, start } = await exportKeys();
    await issuer.setDown(true);
    const { verify } = start({ exported: reversed(exported), secret });

    expect(await verify()).toBe("ok");
  });

  it("ATK-15 are refused when they are another issuer's", async () => {
    const { exported } = await exportKeys();
    const other = await exportKeys();
    await other.issuer.setDown(true);
    const { verify, verifier } = other.start({ exported, secret });

    expect(await verify()).toBe("unavailable: keys_unavailable");
    expect(verifier.health().importRefusal).toBe("import_issuer");
  });

  it("may come from one engine and go to the other", async () => {
    const { issuer, exported, start } = await exportKeys();
    await issuer.setDown(true);
    const { bytes, signatureEngine } = portable;
    const { verify } = start(
      { exported, secret },
      { ports: { bytes, signatureEngine, clock: createControlledClock(Date.now() / 1000) } },
    );

    expect(await verify()).toBe("ok");
  });

  it("are there for a verification that may not wait once the verifier is ready", async () => {
    const { issuer, exported, start, token } = await exportKeys();
    await issuer.setDown(true);
    const { verifier } = start({ exported, secret });

    expect(verifier.verifySync(token)).toMatchObject({ detail: { code: "must_wait" } });
    await verifier.ready();
    expect(verifier.verifySync(token).kind).toBe("ok");
  });

  it("hold no private member and no secret", async () => {
    const { exported } = await exportKeys();
    const text = JSON.stringify(exported);

    expect(text).not.toContain(secret);
    expect(text).not.toMatch(/"(?:d|p|q|k)":/);
  });

  it.each([
    [{}],
    [{ secret: "" }],
    [{ secret: "x".repeat(31) }],
    [{ secret: undefined }],
    [{ secret: 7 }],
  ])("ATK-36 need a secret, or null: %o is refused", async (seal) => {
    const { verifier } = await setUp();
    const options = { issuer: "https://as.example", audience: null };

    await expect(verifier.exportKeys(seal as never)).rejects.toMatchObject({ option: "secret" });
    expect(() =>
      createVerifier({ ...options, initialKeys: { exported: {}, ...seal } as never }),
    ).toThrow(expect.objectContaining({ option: "initialKeys.secret" }));
  });

  it("are not there before the issuer has answered", async () => {
    const { verifier } = await setUp();

    expect(await verifier.exportKeys({ secret })).toBeUndefined();
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, member]) => [name, reversed(member)]),
  );
}
