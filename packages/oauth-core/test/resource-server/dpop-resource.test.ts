import { createHash } from "node:crypto";

import type { DpopProofClaims } from "@credicorp/oauth-core/jwt";
import type {
  DpopResourceOptions,
  DpopResourcePorts,
  ResourceRequest,
} from "@credicorp/oauth-core/resource-server";
import { createDpopResource } from "@credicorp/oauth-core/resource-server";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { DpopKey } from "../support/dpop-key.ts";
import { createDpopKey } from "../support/dpop-key.ts";
import { bytes, digest, signatureEngine } from "../support/node-ports.ts";

const now = 1_700_000_000;
const origin = "https://api.example";
const token = "an.access.token";
const ath = createHash("sha256").update(token).digest("base64url");
const key = await createDpopKey();
let serial = 0;

/** What is made of the proof and the request before they meet. */
interface Attempt {
  readonly key?: DpopKey;
  readonly claims?: Partial<DpopProofClaims>;
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly request?: Partial<ResourceRequest>;
  readonly token?: string;
  readonly jkt?: string;
  readonly proof?: string;
}

interface Verdict {
  readonly code: string;
  readonly error: string | undefined;
  readonly nonce: string | undefined;
}

function setUp(options: Partial<DpopResourceOptions> = {}, ports: Partial<DpopResourcePorts> = {}) {
  const clock = createControlledClock(now);
  const imports: string[] = [];
  const checks: string[] = [];
  const resource = createDpopResource(
    { origin, nonceSecret: "a secret of more than 32 characters", ...options },
    {
      bytes,
      clock,
      digest,
      random: { bytes: (length) => new Uint8Array(length) },
      signatureEngine: {
        importVerificationKey: (jwk, algorithm) => {
          imports.push(algorithm);
          return signatureEngine.importVerificationKey(jwk, algorithm);
        },
        verify: (verificationKey, ...input) => {
          checks.push(verificationKey.algorithm);
          return signatureEngine.verify(verificationKey, ...input);
        },
      },
      ...ports,
    },
  );
  const proofFor = async ({ key: by = key, claims, payload, header }: Attempt = {}) => {
    serial += 1;
    const good: DpopProofClaims = {
      method: "GET",
      url: `${origin}/decisions`,
      issuedAt: clock.now(),
      jti: `proof-${serial}`,
      accessTokenHash: ath,
      ...claims,
    };
    if (payload === undefined && header === undefined) return by.prove(good);
    const { method, url, issuedAt, jti } = good;
    return by.sign({ htm: method, htu: url, iat: issuedAt, jti, ath, ...payload }, header);
  };
  const prove = async (attempt: Attempt = {}): Promise<Verdict> => {
    const outcome = await resource.prove({
      request: { method: "GET", url: "/decisions", headers: [], ...attempt.request },
      credentials: {
        scheme: "dpop",
        token: attempt.token ?? token,
        proof: attempt.proof ?? (await proofFor(attempt)),
      },
      jkt: attempt.jkt ?? (attempt.key ?? key).thumbprint,
    });
    if (outcome.kind === "proven") {
      return { code: "proven", error: undefined, nonce: outcome.nonce };
    }
    const error = outcome.kind === "rejected" ? outcome.error : undefined;
    const [field] = outcome.kind === "rejected" ? (outcome.responseHeaders ?? []) : [];
    return { code: outcome.detail.code, error, nonce: field?.[1] };
  };
  return { clock, imports, checks, resource, proofFor, prove };
}

async function codeOf(attempt: Attempt): Promise<string> {
  return (await setUp().prove(attempt)).code;
}

describe("a resource that takes DPoP proofs", () => {
  it.each(["ES256", "PS256", "Ed25519"] as const)(
    "DPOP-01 takes a good proof of %s",
    async (alg) => {
      const by = await createDpopKey(alg);

      expect(await codeOf({ key: by })).toBe("proven");
    },
  );

  it.each<[code: string, name: string, attempt: Attempt]>([
    ["dpop_malformed", "no text", { proof: "" }],
    ["dpop_malformed", "three segments of one letter", { proof: "a.b.c" }],
    ["dpop_malformed", "4096 letters", { proof: `${"a".repeat(4096)}.b.c` }],
    ["dpop_type", "the type JWT", { header: { typ: "JWT" } }],
    ["dpop_type", "the type at+jwt", { header: { typ: "at+jwt" } }],
    ["dpop_type", "no type", { header: { typ: undefined } }],
    ["dpop_algorithm", "the algorithm none", { header: { alg: "none" } }],
    ["dpop_algorithm", "the algorithm HS256", { header: { alg: "HS256" } }],
    ["dpop_key", "an algorithm that is not its key's", { header: { alg: "Ed25519" } }],
    ["dpop_key", "no key", { header: { jwk: undefined } }],
    ["dpop_key", "a symmetric key", { header: { jwk: { kty: "oct", k: "AAAA" } } }],
    ["dpop_key", "its private key", { header: { jwk: key.privateJwk } }],
    ["dpop_claims", "no jti", { payload: { jti: undefined } }],
    ["dpop_claims", "no htm", { payload: { htm: undefined } }],
    ["dpop_claims", "no htu", { payload: { htu: undefined } }],
    ["dpop_claims", "no iat", { payload: { iat: undefined } }],
    ["dpop_claims", "an iat that is a text", { payload: { iat: String(now) } }],
    ["dpop_claims", "an ath that is a list", { payload: { ath: [ath] } }],
    ["dpop_method", "its method in small letters", { claims: { method: "get" } }],
    ["dpop_method", "another method", { claims: { method: "POST" } }],
    ["dpop_url", "another origin", { claims: { url: "https://other.example/decisions" } }],
    ["dpop_url", "a path for its URL", { claims: { url: "/decisions" } }],
    ["dpop_time", "an iat 61 seconds ago", { claims: { issuedAt: now - 61 } }],
    ["dpop_time", "an iat 61 seconds ahead", { claims: { issuedAt: now + 61 } }],
    ["dpop_time", "an exp that has passed", { payload: { exp: now - 11 } }],
    ["dpop_time", "an nbf to come", { payload: { nbf: now + 11 } }],
    ["dpop_token", "no ath", { claims: { accessTokenHash: undefined } }],
    ["dpop_token", "the ath of another token", { token: "another.access.token" }],
    ["dpop_token", "a padded ath", { claims: { accessTokenHash: `${ath}=` } }],
  ])("DPOP-01 ATK-50 answers %s to a proof with %s", async (code, _name, attempt) => {
    const { prove, checks } = setUp();

    expect(await prove(attempt)).toMatchObject({ code, error: "invalid_dpop_proof" });
    expect(checks).toEqual([]);
  });

  it("ATK-50 refuses RS256, and any algorithm that the option does not name", async () => {
    const rsa = await createDpopKey("RS256");
    const { prove } = setUp({ algorithms: ["Ed25519"] });

    expect(await codeOf({ key: rsa })).toBe("dpop_algorithm");
    expect((await prove()).code).toBe("dpop_algorithm");
  });

  it("ATK-50 refuses the key of somebody else as invalid_token, before it costs cryptography", async () => {
    const thief = await createDpopKey();
    const { prove, imports, checks } = setUp();

    const verdict = await prove({ key: thief, jkt: key.thumbprint });

    expect(verdict).toMatchObject({ code: "dpop_other_key", error: "invalid_token" });
    expect([...imports, ...checks]).toEqual([]);
  });

  it("ATK-50 refuses a proof that somebody else signed and that shows the right key", async () => {
    const thief = await createDpopKey();

    expect(await codeOf({ key: thief, header: { jwk: key.jwk }, jkt: key.thumbprint })).toBe(
      "dpop_signature",
    );
  });

  it("refuses a key without all of its members, and one that is not for signatures, each time", async () => {
    const { y: _left, ...half } = key.jwk;
    const forEncryption = { ...key.jwk, use: "enc" };
    const { prove } = setUp(
      {},
      {
        signatureEngine: {
          ...signatureEngine,
          importVerificationKey: (jwk, algorithm) =>
            jwk.use === "enc"
              ? { ok: false, failure: "not for signatures" }
              : signatureEngine.importVerificationKey(jwk, algorithm),
        },
      },
    );

    expect((await prove({ header: { jwk: half } })).code).toBe("dpop_key");
    expect((await prove()).code).toBe("proven");
    expect((await prove({ header: { jwk: forEncryption } })).code).toBe("dpop_key");
  });

  it("imports the key of a client once", async () => {
    const { prove, imports, checks } = setUp();

    for (let round = 0; round < 3; round += 1) expect((await prove()).code).toBe("proven");

    expect(imports).toHaveLength(1);
    expect(checks).toHaveLength(3);
  });

  it("imports a key each time that it says more of itself than it is, so that nothing of that is kept", async () => {
    const { prove, imports } = setUp();
    const jwk = { ...key.jwk, kid: "k" };

    for (let round = 0; round < 3; round += 1) {
      expect((await prove({ header: { jwk } })).code).toBe("proven");
    }

    expect(imports).toHaveLength(3);
  });

  it.each([
    ["/decisions", "https://api.example/decisions"],
    ["/decisions?page=2", "https://api.example/decisions"],
    ["/decisions?page=2#x", "https://api.example/decisions?page=3"],
    ["/decisions", "HTTPS://API.example:443/decisions"],
    ["/decisions", "https://api.example/a/../decisions"],
    ["/d%65cisions", "https://api.example/decisions"],
    ["/a%2fb", "https://api.example/a%2Fb"],
    ["/", "https://api.example"],
    ["/", "https://api.example/"],
    ["https://api.example/decisions", "https://api.example/decisions"],
    ["http://internal:8080/decisions?x", "https://api.example/decisions"],
    ["http://internal:8080", "https://api.example/"],
    ["http://internal:8080?x", "https://api.example/"],
    ["//evil.example/x", "https://api.example//evil.example/x"],
  ])("DPOP-02 ATK-49 takes for a request to %s the htu %s", async (url, htu) => {
    expect(await codeOf({ claims: { url: htu }, request: { url } })).toBe("proven");
  });

  it.each([
    ["/decisions", "https://api.example/Decisions"],
    ["/decisions", "https://api.example/decisions/"],
    ["/decisions", "https://api.example//decisions"],
    ["/decisions", "http://api.example/decisions"],
    ["/decisions", "https://api.example:8443/decisions"],
    ["/decisions", "https://api.example.evil.example/decisions"],
    ["/decisions", "https://api.example@evil.example/decisions"],
    ["/decisions", "https://u:p@api.example/decisions"],
    ["/decisions", "https:/api.example/decisions"],
    ["/decisions", "https:\\\\api.example\\decisions"],
    ["/decisions", " https://api.example/decisions"],
    ["/a%2fb", "https://api.example/a/b"],
    ["https://evil.example/decisions", "https://evil.example/decisions"],
    ["//evil.example/x", "https://evil.example/x"],
    ["//evil.example/x", "https://api.example/x"],
    ["*", "https://api.example/*"],
    ["*", "https://api.example/"],
    ["evil.example:443", "https://api.example/"],
    [".evil.example/x", "https://api.example.evil.example/x"],
    [":8443/x", "https://api.example:8443/x"],
    ["@evil.example/decisions", "https://api.example@evil.example/decisions"],
  ])("DPOP-02 ATK-49 refuses for a request to %s the htu %s", async (url, htu) => {
    expect(await codeOf({ claims: { url: htu }, request: { url } })).toBe("dpop_url");
  });

  it("ATK-49 looks at no field that says where the request went", async () => {
    const headers = [
      ["Host", "evil.example"],
      ["X-Forwarded-Host", "evil.example"],
      ["X-Forwarded-Proto", "http"],
      ["Forwarded", "host=evil.example"],
    ] as const;

    expect(await codeOf({ request: { headers } })).toBe("proven");
    expect(
      await codeOf({ claims: { url: "https://evil.example/decisions" }, request: { headers } }),
    ).toBe("dpop_url");
  });

  it.each([
    [-60, "proven"],
    [-61, "dpop_time"],
    [60, "proven"],
    [61, "dpop_time"],
  ])("DPOP-05 ATK-50 answers to a proof of %i seconds from now: %s", async (offset, code) => {
    expect(await codeOf({ claims: { issuedAt: now + offset } })).toBe(code);
  });

  it("DPOP-05 ATK-47 takes a proof once for as long as its time would pass, and longer", async () => {
    const { prove, proofFor, clock } = setUp();
    const proof = await proofFor({ claims: { issuedAt: now + 60 } });

    expect((await prove({ proof })).code).toBe("proven");
    for (const seconds of [0, 1, 58, 60, 1]) {
      clock.advance(seconds);
      expect(await prove({ proof })).toMatchObject({
        code: "dpop_replayed",
        error: "invalid_dpop_proof",
      });
    }
    clock.advance(1);
    expect((await prove({ proof })).code).toBe("dpop_time");
  });

  it("ATK-47 takes one of many equal proofs that come at once", async () => {
    const { prove, proofFor } = setUp();
    const proof = await proofFor();

    const verdicts = await Promise.all(Array.from({ length: 20 }, async () => prove({ proof })));

    expect(verdicts.filter(({ code }) => code === "proven")).toHaveLength(1);
  });

  it("ATK-47 tells equal ids of two keys apart, and takes a long id", async () => {
    const other = await createDpopKey();
    const { prove } = setUp();
    const claims = { jti: "x".repeat(1000) };

    expect((await prove({ claims })).code).toBe("proven");
    expect((await prove({ claims, key: other })).code).toBe("proven");
    expect((await prove({ claims })).code).toBe("dpop_replayed");
  });

  it("ATK-47 remembers nothing of a proof that it refuses", async () => {
    const kept: string[] = [];
    const replayStore = {
      putIfAbsent: (name: string) => {
        kept.push(name);
        return true;
      },
    };
    const { prove } = setUp({ replayStore, requireNonce: true });
    const thief = await createDpopKey();

    await prove({ claims: { method: "POST" } });
    await prove({ token: "other" });
    await prove({ key: thief, jkt: key.thumbprint });
    await prove({ key: thief, header: { jwk: key.jwk }, jkt: key.thumbprint });
    await prove();

    expect(kept).toEqual([]);
  });

  it("ATK-47 ends the flood of one key at its bound, harms no other key, and lets it go on later", async () => {
    const other = await createDpopKey();
    const { prove, proofFor, clock } = setUp({ maxProofsPerKey: 5 });
    const first = await proofFor();

    expect((await prove({ proof: first })).code).toBe("proven");
    for (let count = 0; count < 4; count += 1) expect((await prove()).code).toBe("proven");
    expect(await prove()).toMatchObject({ code: "dpop_too_many", error: undefined });
    expect((await prove({ key: other })).code).toBe("proven");
    expect((await prove({ proof: first })).code).not.toBe("proven");
    clock.advance(69);
    expect((await prove()).code).toBe("dpop_too_many");
    clock.advance(1);
    expect((await prove()).code).toBe("proven");
  });

  it("ATK-47 does not let replays of an overheard proof use up its key's bound", async () => {
    const { prove, proofFor } = setUp({ maxProofsPerKey: 2 });
    const overheard = await proofFor();
    await prove({ proof: overheard });

    for (let count = 0; count < 10; count += 1) {
      expect((await prove({ proof: overheard })).code).toBe("dpop_replayed");
    }

    expect((await prove()).code).toBe("proven");
    expect((await prove()).code).toBe("dpop_too_many");
  });

  it("ATK-47 keeps the bound exactly, for any keys at any times", async () => {
    const keys = [key, await createDpopKey("Ed25519")];
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            by: fc.nat({ max: 1 }),
            age: fc.integer({ min: -60, max: 60 }),
            wait: fc.constantFrom(0, 0, 1, 30, 71, 131),
          }),
          { maxLength: 30 },
        ),
        async (proofs) => {
          const { prove, clock } = setUp({ maxProofsPerKey: 3 });
          const held: { readonly by: number; readonly until: number }[] = [];
          for (const { by, age, wait } of proofs) {
            clock.advance(wait);
            const issuedAt = clock.now() + age;
            const { code } = await prove({ key: keys[by] ?? key, claims: { issuedAt } });
            const used = held.filter(
              (proof) => proof.by === by && proof.until > clock.now(),
            ).length;
            expect(code).toBe(used < 3 ? "proven" : "dpop_too_many");
            if (code === "proven") held.push({ by, until: issuedAt + 60 + 10 });
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("planted");
      },
    ],
    ["rejects", async () => Promise.reject(new Error("planted"))],
    ["stays silent", async () => new Promise<boolean>(() => undefined)],
  ])("ATK-47 is closed, not open, when the replay store %s", async (_name, putIfAbsent) => {
    const { prove, proofFor } = setUp(
      { replayStore: { putIfAbsent }, maxProofsPerKey: 1 },
      { sleep: async () => undefined },
    );
    const proof = await proofFor();
    // For every guard of one request, too.
    const request = { identity: {} };

    for (let count = 0; count < 3; count += 1) {
      const closed = { code: "replay_store_unavailable", error: undefined };
      expect(await prove()).toMatchObject(closed);
      expect(await prove({ proof, request })).toMatchObject(closed);
    }
  });

  it("DPOP-03 DPOP-06 asks for a nonce where one is required, and takes that one", async () => {
    const { prove } = setUp({ requireNonce: true });

    const asked = await prove();

    expect(asked).toMatchObject({ code: "dpop_nonce_missing", error: "use_dpop_nonce" });
    expect(asked.nonce).toMatch(/^[\w-]{43}$/);
    expect(await prove({ claims: { nonce: asked.nonce } })).toEqual({
      code: "proven",
      error: undefined,
      nonce: undefined,
    });
  });

  it("DPOP-06 takes a nonce for one to two steps, and tells the next in the second", async () => {
    const { prove, clock } = setUp({ requireNonce: true, nonceStepSeconds: 60 });
    clock.setNow(1_700_000_040 - 1);
    const { nonce } = await prove();

    clock.advance(1);
    const second = await prove({ claims: { nonce } });
    clock.advance(59);
    const stillSecond = await prove({ claims: { nonce } });
    clock.advance(1);
    const third = await prove({ claims: { nonce } });

    expect(second.code).toBe("proven");
    expect(second.nonce).toMatch(/^[\w-]{43}$/);
    expect(second.nonce).not.toBe(nonce);
    expect(stillSecond).toEqual(second);
    expect(third).toMatchObject({ code: "dpop_nonce_unknown", error: "use_dpop_nonce" });
    expect((await prove({ claims: { nonce: third.nonce } })).code).toBe("proven");
  });

  it("checks a nonce that nobody asked for, and knows those of other nodes and of no other origin", async () => {
    const here = setUp();
    const there = setUp({ requireNonce: true });
    const elsewhere = setUp({ requireNonce: true, origin: "https://other.example" });
    const { nonce } = await there.prove();
    const foreign = await elsewhere.prove({ claims: { url: "https://other.example/decisions" } });

    expect((await here.prove({ claims: { nonce } })).code).toBe("proven");
    expect((await here.prove({ claims: { nonce: foreign.nonce } })).code).toBe(
      "dpop_nonce_unknown",
    );
    expect((await here.prove({ claims: { nonce: "" } })).code).toBe("dpop_nonce_unknown");
  });

  it("uses a proof up once for each request, however many guards look at it", async () => {
    const { prove, proofFor } = setUp();
    const proof = await proofFor();
    const identity = {};

    expect((await prove({ proof, request: { identity } })).code).toBe("proven");
    expect((await prove({ proof, request: { identity } })).code).toBe("proven");
    expect((await prove({ proof, request: { identity: {} } })).code).toBe("dpop_replayed");
    expect((await prove({ proof })).code).toBe("dpop_replayed");
    expect((await prove({ proof, token: "other", request: { identity } })).code).toBe("dpop_token");
  });

  it.each<[string, object]>([
    ["origin", { origin: undefined }],
    ["origin", { origin: "api.example" }],
    ["origin", { origin: "https://api.example/" }],
    ["origin", { origin: "https://api.example/partner" }],
    ["origin", { origin: "https://API.example" }],
    ["origin", { origin: "http://api.example" }],
    ["origin", { origin: "https://u@api.example" }],
    ["requireNonce", { requireNonce: "yes" }],
    ["replayStore", { replayStore: {} }],
    ["replayStore", { replayStore: null }],
    ["storeTimeoutMs", { storeTimeoutMs: 0 }],
    ["storeTimeoutMs", { storeTimeoutMs: 60_001 }],
    ["maxProofsPerKey", { maxProofsPerKey: 0 }],
    ["maxProofsPerKey", { maxProofsPerKey: 1.5 }],
    ["maxProofsPerKey", { maxProofsPerKey: 1_000_001 }],
    ["algorithms", { algorithms: ["RS256"] }],
    ["nonceSecret", { nonceSecret: "short" }],
    ["proofWindowSeconds", { proofWindowSeconds: 301 }],
  ])("ATK-36 refuses dpop.%s in %j", (option, change) => {
    expect(() => setUp(change)).toThrow(expect.objectContaining({ option: `dpop.${option}` }));
  });
});
