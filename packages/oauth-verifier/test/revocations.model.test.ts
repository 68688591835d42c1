import { setImmediate } from "node:timers/promises";

import type { Revocation } from "@credicorp/oauth-core";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import type { Verifier } from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";
import * as fc from "fast-check";
import { expect, it } from "vitest";

import { createIssuerKey } from "./support/issuer.ts";
import type { FeedMode, TestFeed } from "./support/revocations.ts";
import { createTestFeed } from "./support/revocations.ts";

const lagSeconds = 5;
const nodeCount = 3;
const issuer = "https://as.example";
const start = 1_700_000_000;
const keys = ["k0", "k1"].map((kid) => createIssuerKey(kid));
const tokens = keys.flatMap((key, keyIndex) =>
  ["c0", "c1"].flatMap((clientId) =>
    [0, 40].map((issuedAfter) => {
      const jti = `${keyIndex} ${clientId} ${issuedAfter}`;
      const iat = start + issuedAfter;
      const claims = { iss: issuer, sub: clientId, client_id: clientId, aud: "a", jti, iat };
      return {
        jti,
        clientId,
        iat,
        kid: `k${keyIndex}`,
        text: key.sign({ ...claims, exp: start + 1e6 }),
      };
    }),
  ),
);
const jwks = new TextEncoder().encode(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }));

type Step =
  | { readonly kind: "revoke"; readonly revocation: Revocation; readonly isPushed: boolean }
  | { readonly kind: "advance"; readonly seconds: number }
  | { readonly kind: "feed"; readonly node: number; readonly mode: FeedMode }
  | { readonly kind: "verify"; readonly node: number; readonly token: number };

const node = fc.nat({ max: nodeCount - 1 });
const revocation: fc.Arbitrary<Revocation> = fc.oneof(
  fc.record({
    kind: fc.constant("token" as const),
    jti: fc.constantFrom(...tokens.map(({ jti }) => jti)),
    expiresAt: fc.constant(start + 1e6),
  }),
  fc.record({
    kind: fc.constant("client" as const),
    clientId: fc.constantFrom("c0", "c1"),
    notBefore: fc.constantFrom(start, start + 1, start + 40, start + 41),
  }),
  fc.record({ kind: fc.constant("key" as const), kid: fc.constantFrom("k0", "k1") }),
);
const verification = fc.record({
  kind: fc.constant("verify" as const),
  node,
  token: fc.nat({ max: tokens.length - 1 }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("revoke" as const), revocation, isPushed: fc.boolean() }),
  fc.record({
    kind: fc.constant("advance" as const),
    seconds: fc.constantFrom(0.1, 1, 2.4, 2.5, 2.6, 4.9, 5, 5.1, 30),
  }),
  fc.record({
    kind: fc.constant("feed" as const),
    node,
    mode: fc.constantFrom<FeedMode>("up", "up", "throws", "rejects", "hangs"),
  }),
  verification,
  verification,
);

function ends(item: Revocation, token: (typeof tokens)[number]): boolean {
  switch (item.kind) {
    case "token":
      return item.jti === token.jti;
    case "client":
      return item.clientId === token.clientId && token.iat < item.notBefore;
    case "key":
      return item.kid === token.kid;
  }
}

/** Three verifiers, each behind its own connection to one list of revocations. */
function setUp() {
  const clock = createControlledClock(start + 50);
  const shared = createTestFeed(clock);
  const connections: TestFeed[] = [];
  const verifiers: Verifier[] = [];
  for (let index = 0; index < nodeCount; index += 1) {
    const connection = createTestFeed(clock);
    const { poll } = connection;
    connections.push(connection);
    verifiers.push(
      createVerifier({
        issuer,
        audience: null,
        jwksUri: `${issuer}/jwks`,
        revocations: {
          feed: {
            // What is wrong is the connection; what comes through it is the shared list.
            poll: async (cursor) => {
              await poll(undefined);
              return shared.poll(cursor);
            },
            subscribe: shared.subscribe,
          },
          lagSeconds,
        },
        ports: {
          clock,
          random: { fraction: () => 0.5 },
          transport: async () => ({ ok: true, value: { status: 200, headers: [], body: jwks } }),
          // Long enough for a feed that answers, and no longer.
          sleep: async () => setImmediate(),
        },
      }),
    );
  }
  return { clock, shared, connections, verifiers };
}

it("REV-05 accepts no token for longer than the lag after its revocation, on any node whose feed answers", async () => {
  let refusals = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 60, size: "max" }),
      async (steps) => {
        const { clock, shared, connections, verifiers } = setUp();
        const revokedAt: { readonly item: Revocation; readonly atMs: number }[] = [];
        const violations: unknown[] = [];
        const upSinceMs = connections.map(() => 0);
        for (const action of steps) {
          if (action.kind === "advance") clock.advance(action.seconds);
          if (action.kind === "revoke") {
            revokedAt.push({ item: action.revocation, atMs: clock.monotonicMs() });
            if (action.isPushed) await shared.append(action.revocation);
            else shared.appendSilently(action.revocation);
          }
          if (action.kind === "feed") {
            const connection = connections[action.node];
            if (connection === undefined) continue;
            if (action.mode !== "up") upSinceMs[action.node] = Infinity;
            else if (connection.mode !== "up") upSinceMs[action.node] = clock.monotonicMs();
            connection.mode = action.mode;
          }
          if (action.kind !== "verify") continue;

          const token = tokens[action.token];
          const verifier = verifiers[action.node];
          if (token === undefined || verifier === undefined) continue;
          const outcome = await verifier.verifyToken(token.text);
          const lagBeganMs = clock.monotonicMs() - lagSeconds * 1000;
          const isUp = (upSinceMs[action.node] ?? 0) < lagBeganMs || upSinceMs[action.node] === 0;
          const endings = revokedAt.filter(({ item }) => ends(item, token));
          const isDue = isUp && endings.some(({ atMs }) => atMs < lagBeganMs);
          if (isDue) refusals += 1;
          // In between, either will do.
          const verdicts = endings.length === 0 ? ["ok"] : isDue ? ["revoked"] : ["ok", "revoked"];
          const verdict = outcome.kind === "ok" ? "ok" : outcome.detail.code;
          if (!verdicts.includes(verdict)) violations.push({ token, verdict, verdicts });
        }
        expect(violations).toEqual([]);
      },
    ),
    { numRuns: 150 },
  );
  expect(refusals).toBeGreaterThan(100);
});
