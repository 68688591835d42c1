import { describe, expect, it } from "vitest";

import { signatureEngine } from "@credicorp/oauth-runtime/portable";

import { createIssuerKey } from "./support/issuer.ts";
import { describeOutcome, setUp } from "./support/set-up.ts";

describe("verifySync", () => {
  it("says that it must wait while there are no keys, and has them fetched", async () => {
    const { issuer, verifier } = await setUp();
    const token = issuer.keys[0]?.sign(issuer.claims()) ?? "";

    const first = verifier.verifySync(token);
    const waited = await verifier.verifyToken(token);

    expect(first).toMatchObject({ kind: "unavailable", detail: { code: "must_wait" } });
    expect(verifier.toResponse(first as never).status).toBe(503);
    expect(waited.kind).toBe("ok");
    expect(verifier.verifySync(token)).toBe(waited);
    expect(issuer.requests.filter((path) => path === "/jwks")).toHaveLength(1);
  });

  it.each(["RS256", "PS256", "ES256", "Ed25519"] as const)(
    "answers at once for a token of %s that was never seen",
    async (algorithm) => {
      const { issuer, verifier } = await setUp({ keys: [createIssuerKey("k", algorithm)] });
      await verifier.ready();
      const sign = (change: object): string => issuer.keys[0]?.sign(issuer.claims(change)) ?? "";

      expect(describeOutcome(verifier.verifySync(sign({})))).toBe("ok");
      expect(describeOutcome(verifier.verifySync(sign({ aud: "other" })))).toBe(
        "rejected: audience",
      );
    },
  );

  it("says that it must wait with an engine that answers later, until the token has been verified", async () => {
    const { issuer, verifier } = await setUp({ ports: { signatureEngine } });
    const token = issuer.keys[0]?.sign(issuer.claims()) ?? "";
    await verifier.ready();

    expect(describeOutcome(verifier.verifySync(token))).toBe("unavailable: must_wait");
    await verifier.verifyToken(token);

    expect(describeOutcome(verifier.verifySync(token))).toBe("ok");
  });

  it("answers at once while many others wait for the thread pool, also for one of their tokens", async () => {
    const { issuer, verifier } = await setUp();
    await verifier.ready();
    const tokens = Array.from(
      { length: 24 },
      (_, index) => issuer.keys[0]?.sign(issuer.claims({ jti: `${index}` })) ?? "",
    );

    const waiting = tokens.map((token) => verifier.verifyToken(token));
    const atOnce = tokens.map((token) => verifier.verifySync(token));

    expect(atOnce.map(describeOutcome)).toEqual(tokens.map(() => "ok"));
    expect((await Promise.all(waiting)).map(describeOutcome)).toEqual(tokens.map(() => "ok"));
  });

  it("refuses what is malformed without keys", async () => {
    const { issuer, verifier } = await setUp();

    expect(describeOutcome(verifier.verifySync("a.b.c"))).toBe("rejected: malformed");
    expect(describeOutcome(verifier.verifySync(undefined as never))).toBe("rejected: malformed");
    expect(issuer.requests).toEqual([]);
  });
});

describe("beginRequest", () => {
  it("answers in a promise while there are no keys, and at once from then on", async () => {
    const { issuer, verifier } = await setUp();
    const token = issuer.keys[0]?.sign(issuer.claims()) ?? "";
    const headers: [string, string][] = [["authorization", `Bearer ${token}`]];
    const request = { method: "GET", url: "/decisions", headers };

    const first = verifier.beginRequest(request);
    const outcome = await first;

    expect(first).toBeInstanceOf(Promise);
    expect(outcome.kind).toBe("ok");
    expect(verifier.beginRequest(request)).toBe(outcome);
    expect(verifier.beginRequest({ ...request, headers: new Headers(headers) })).toBe(outcome);
  });
});
