import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";

import { createMemoryRevocationFeed } from "@credicorp/oauth-core/authorization-server";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import type { Revocation } from "@credicorp/oauth-core";
import { signatureEngine } from "@credicorp/oauth-runtime";
import type { Verifier } from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";
import * as fc from "fast-check";
import { expect, it } from "vitest";

import { createIssuerKey } from "./support/issuer.ts";
import { createProofKey } from "./support/proof-key.ts";
import { describeOutcome } from "./support/set-up.ts";

const issuer = "https://as.example";
const start = 1_700_000_000;

// Who owns the bound tokens, and somebody else.
const owner = createProofKey();
const stranger = createProofKey();
const certificate = Uint8Array.from([0x30, 3, 2, 1, 0]);
const x5tS256 = createHash("sha256").update(certificate).digest("base64url");
const resource = "https://api.example/decisions";

// Two ids, and for each of them two keys that may take it in turn.
const keys = ["k0", "k1", "k0", "k1"].map((kid) => createIssuerKey(kid));
const issued = keys.flatMap((key, index) =>
  [
    { life: 60 },
    { life: 600 },
    { life: 600, nbf: start + 30 },
    { life: 600, aud: "other" },
    { life: 600, cnf: { jkt: "x" } },
    { life: 600, cnf: { jkt: owner.jkt } },
    { life: 600, cnf: { "x5t#S256": x5tS256 } },
    { life: 600, cnf: { jkt: owner.jkt, "x5t#S256": x5tS256 } },
  ].map(({ life, ...change }, variant) => ({
    text: key.sign({
      iss: issuer,
      sub: "c",
      client_id: `c${variant % 2}`,
      aud: "a",
      iat: start,
      exp: start + life,
      jti: `${index} ${variant}`,
      ...change,
    }),
    scheme: change.cnf && "jkt" in change.cnf ? ("proof" as const) : ("bearer" as const),
  })),
);
const tokens = issued.map(({ text }) => text);

type Step =
  | { readonly kind: "verify"; readonly token: number; readonly mutation: number }
  | {
      readonly kind: "request";
      readonly token: number;
      readonly mutation: number;
      readonly shown: Shown | undefined;
      readonly hasCertificate: boolean;
    }
  | { readonly kind: "advance"; readonly seconds: number }
  | { readonly kind: "jump"; readonly seconds: number }
  | { readonly kind: "publish"; readonly keys: readonly number[]; readonly maxAge: number }
  | { readonly kind: "issuer"; readonly isUp: boolean }
  | { readonly kind: "revoke"; readonly revocation: Revocation }
  | { readonly kind: "flood" };

/** What comes with the token of a request. */
type Shown = (typeof shownKinds)[number];
const shownKinds = ["bearer", "proof", "replay", "other token", "other key"] as const;

const token = fc.nat({ max: tokens.length - 1 });
const verification = fc.record({
  kind: fc.constant("verify" as const),
  token,
  // Mostly the token as it is.
  mutation: fc.oneof({ weight: 6, arbitrary: fc.constant(-1) }, fc.nat({ max: 400 })),
});
const request = fc.record({
  kind: fc.constant("request" as const),
  token,
  mutation: fc.oneof({ weight: 6, arbitrary: fc.constant(-1) }, fc.nat({ max: 400 })),
  // Mostly what the token asks for.
  shown: fc.oneof(fc.constant(undefined), fc.constantFrom(...shownKinds)),
  hasCertificate: fc.boolean(),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: verification },
  { weight: 18, arbitrary: request },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("advance" as const),
      seconds: fc.constantFrom(0, 1, 5, 29, 30, 59, 60, 61, 300),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("jump" as const),
      seconds: fc.constantFrom(-700, -60, -5, 5, 60),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("publish" as const),
      keys: fc.subarray([0, 1, 2, 3]),
      maxAge: fc.constantFrom(0, 60, 600),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("issuer" as const), isUp: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("revoke" as const),
      revocation: fc.oneof(
        fc.record({
          kind: fc.constant("token" as const),
          jti: fc.constantFrom("0 0", "0 1", "1 1", "2 1", "3 1"),
          expiresAt: fc.constant(start + 1e6),
        }),
        fc.record({
          kind: fc.constant("client" as const),
          clientId: fc.constantFrom("c0", "c1"),
          notBefore: fc.constantFrom(start, start + 1),
        }),
        fc.record({ kind: fc.constant("key" as const), kid: fc.constant("k1") }),
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("flood" as const) }) },
);

interface World {
  readonly clock: ReturnType<typeof createControlledClock>;
  published: readonly number[];
  maxAge: number;
  isUp: boolean;
}

/** Two verifiers that see the same world; only one of them keeps tokens. */
function setUp(maxCacheBytes: number, isSynchronous: boolean) {
  const clock = createControlledClock(start);
  const world: World = { clock, published: [0, 1], maxAge: 600, isUp: true };
  const feed = createMemoryRevocationFeed(clock);
  const verifierWith = (bytes: number): { verifier: Verifier; checks: () => number } => {
    let checks = 0;
    const verifier = createVerifier({
      issuer,
      audience: "a",
      jwksUri: `${issuer}/jwks`,
      maxStaleSeconds: 120,
      maxCacheBytes: bytes,
      revocations: { feed },
      dpop: { origin: "https://api.example", nonceSecret: "the same for both of the verifiers" },
      ports: {
        clock,
        random: { fraction: () => 0.5 },
        transport: async () => {
          if (!world.isUp) return { ok: false, failure: { kind: "network" } };
          const jwks = { keys: world.published.map((index) => keys[index]?.jwk) };
          return {
            ok: true,
            value: {
              status: 200,
              headers: [["Cache-Control", `max-age=${world.maxAge}`]],
              body: Buffer.from(JSON.stringify(jwks)),
            },
          };
        },
        sleep: async () => setImmediate(),
        signatureEngine: {
          ...signatureEngine,
          verify: (...input) => {
            checks += 1;
            const verdict = signatureEngine.verify(...input);
            return isSynchronous ? verdict : Promise.resolve(verdict);
          },
        },
      },
    });
    return { verifier, checks: () => checks };
  };
  return { world, feed, kept: verifierWith(maxCacheBytes), anew: verifierWith(0) };
}

/** Makes the headers of a request, with a proof of now unless an earlier one is to be replayed. */
function headersOf(
  text: string,
  { shown, now, earlier }: { shown: Shown; now: number; earlier: string | undefined },
): [string, string][] {
  if (shown === "bearer") return [["Authorization", `Bearer ${text}`]];
  const by = shown === "other key" ? stranger : owner;
  const proof = by.prove({
    url: resource,
    token: shown === "other token" ? `${text}x` : text,
    now,
  });
  const sent = shown === "replay" ? (earlier ?? proof) : proof;
  return [
    ["Authorization", `DPoP ${text}`],
    ["DPoP", sent],
  ];
}

function mutate(text: string, position: number): string {
  if (position === -1) return Buffer.from(text).toString();
  const index = position % text.length;
  const other = text[index] === "A" ? "B" : "A";
  return `${text.slice(0, index)}${other}${text.slice(index + 1)}`;
}

it.each([
  { name: "a large cache and an engine that answers at once", bytes: 1e6, isSynchronous: true },
  { name: "a cache of a few tokens", bytes: 8000, isSynchronous: true },
  { name: "an engine that answers later", bytes: 1e6, isSynchronous: false },
])(
  "ATK-16 ATK-17 ATK-37 ATK-39 ATK-40 ATK-41 ATK-47 ATK-48 answers as a verifier that keeps no token does, with $name",
  async ({ bytes, isSynchronous }) => {
    let answers = 0;
    let accepted = 0;
    let proven = 0;
    let keptChecks = 0;
    let anewChecks = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 20, maxLength: 100, size: "max" }),
        async (steps) => {
          const { world, feed, kept, anew } = setUp(bytes, isSynchronous);
          const differences: unknown[] = [];
          let earlier: string | undefined;
          for (const action of steps) {
            switch (action.kind) {
              case "advance":
                world.clock.advance(action.seconds);
                break;
              case "jump":
                world.clock.setNow(world.clock.now() + action.seconds);
                break;
              case "publish":
                world.published = action.keys;
                world.maxAge = action.maxAge;
                break;
              case "issuer":
                world.isUp = action.isUp;
                break;
              case "revoke":
                await feed.append(action.revocation);
                break;
              case "flood":
                for (let index = 0; index < 20; index += 1) {
                  const garbage = mutate(tokens[index % tokens.length] ?? "", 40 + index * 13);
                  const [left, right] = [kept, anew].map(({ verifier }) =>
                    verifier.verifySync(garbage),
                  );
                  if (!isDeepStrictEqual(left, right)) differences.push([garbage, left, right]);
                }
                break;
              case "request": {
                const { hasCertificate } = action;
                const shown = action.shown ?? issued[action.token]?.scheme ?? "bearer";
                const text = mutate(tokens[action.token] ?? "", action.mutation);
                const now = world.clock.now();
                const headers = headersOf(text, { shown, now, earlier });
                const sent = {
                  method: "GET",
                  url: "/decisions",
                  headers,
                  clientCertificate: () => (hasCertificate ? certificate : undefined),
                };
                const [left, right] = await Promise.all([
                  kept.verifier.verifyRequest(sent),
                  anew.verifier.verifyRequest(sent),
                ]);
                if (!isDeepStrictEqual(left, right)) differences.push([action, left, right]);
                if (left.kind === "ok" && left.principal.claims.confirmation) proven += 1;
                if (shown === "proof") earlier = headers[1]?.[1];
                break;
              }
              case "verify": {
                const text = mutate(tokens[action.token] ?? "", action.mutation);
                const [left, right] = await Promise.all([
                  kept.verifier.verifyToken(text),
                  anew.verifier.verifyToken(Buffer.from(text).toString()),
                ]);
                if (!isDeepStrictEqual(left, right)) differences.push([text, left, right]);
                answers += 1;
                if (describeOutcome(left) === "ok") accepted += 1;
              }
            }
            await setImmediate();
          }
          expect(differences).toEqual([]);
          keptChecks += kept.checks();
          anewChecks += anew.checks();
        },
      ),
      { numRuns: 40 },
    );

    // The histories must be worth something: tokens were accepted, bound ones too, and without a signature check.
    expect(proven).toBeGreaterThan(answers / 60);
    expect(accepted).toBeGreaterThan(answers / 20);
    expect(anewChecks - keptChecks).toBeGreaterThan(accepted / 10);
  },
  60_000,
);
