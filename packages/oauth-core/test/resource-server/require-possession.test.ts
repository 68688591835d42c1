import { createHash } from "node:crypto";

import type { JsonObject } from "@credicorp/oauth-core/protocol";
import type {
  Credentials,
  Outcome,
  PossessionContext,
  Presented,
} from "@credicorp/oauth-core/resource-server";
import { rejected, requirePossession, toPrincipal } from "@credicorp/oauth-core/resource-server";

import { describe, expect, it } from "vitest";

import { bytes, digest } from "../support/node-ports.ts";

const der = Uint8Array.from([0x30, 1, 2, 3]);
const thumbprint = createHash("sha256").update(der).digest("base64url");
const bearer: Credentials = { scheme: "bearer", token: "t" };
const dpop: Credentials = { scheme: "dpop", token: "t", proof: "p" };

function good(confirmation: JsonObject | undefined): Outcome {
  const principal = toPrincipal({
    issuer: "https://as.example",
    subject: "p",
    clientId: "p",
    audience: ["https://api.example"],
    scope: [],
    issuedAt: 1,
    expiresAt: 2,
    jti: "1",
    confirmation,
  });
  return { kind: "ok", principal };
}

function presented(
  credentials: Credentials,
  clientCertificate?: () => Uint8Array | undefined,
): Presented {
  return { credentials, request: { method: "GET", url: "/", headers: [], clientCertificate } };
}

async function judge(
  cnf: JsonObject | undefined,
  shown: Presented | undefined,
  change: Partial<PossessionContext> = {},
): Promise<string> {
  const context = { requireBoundTokens: false, bytes, digest, ...change };
  const outcome = await requirePossession(good(cnf), shown, context);
  return outcome.kind === "ok" ? "ok" : outcome.detail.code;
}

describe("requirePossession", () => {
  it("lets a token pass that is bound to nothing, as a bearer token, at once", () => {
    const outcome = good(undefined);
    const context = { requireBoundTokens: false, bytes, digest };

    expect(requirePossession(outcome, presented(bearer), context)).toBe(outcome);
    expect(requirePossession(outcome, undefined, context)).toBe(outcome);
  });

  it("refuses one that is bound to nothing with the scheme DPoP, and where bound tokens are required", async () => {
    expect(await judge(undefined, presented(dpop))).toBe("token_unbound");
    expect(
      await judge(
        { "x5t#S256": thumbprint },
        presented(dpop, () => der),
      ),
    ).toBe("token_unbound");
    expect(await judge(undefined, presented(bearer), { requireBoundTokens: true })).toBe(
      "token_unbound",
    );
    expect(await judge(undefined, undefined, { requireBoundTokens: true })).toBe("token_unbound");
  });

  it("ATK-48 refuses a token that is bound to a key and came as a bearer token, or in some other way", async () => {
    expect(await judge({ jkt: "x" }, presented(bearer))).toBe("confirmation");
    expect(await judge({ jkt: "x" }, undefined)).toBe("confirmation");
    expect(await judge({ "x5t#S256": thumbprint }, undefined)).toBe("confirmation");
  });

  it.each([
    {},
    { jwk: {} },
    { kid: "k" },
    { "x5t#S512": thumbprint },
    { jkt: "" },
    { jkt: 1 },
    { jkt: null, "x5t#S256": thumbprint },
    { "x5t#S256": [thumbprint] },
  ])("refuses the confirmation %j, which nobody can prove", async (cnf) => {
    for (const shown of [presented(bearer, () => der), presented(dpop, () => der), undefined]) {
      expect(await judge(cnf, shown)).toBe("confirmation");
    }
  });

  it("ATK-51 compares the SHA-256 of the DER bytes, and of nothing else", async () => {
    const cnf = { "x5t#S256": thumbprint };
    const pem = Buffer.from(`-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString("base64")}`);

    expect(
      await judge(
        cnf,
        presented(bearer, () => der),
      ),
    ).toBe("ok");
    expect(
      await judge(
        cnf,
        presented(bearer, () => pem),
      ),
    ).toBe("certificate_mismatch");
    expect(
      await judge(
        cnf,
        presented(bearer, () => new Uint8Array()),
      ),
    ).toBe("certificate_mismatch");
    expect(
      await judge(
        cnf,
        presented(bearer, () => undefined),
      ),
    ).toBe("certificate_missing");
    expect(await judge(cnf, presented(bearer))).toBe("certificate_missing");
    expect(
      await judge(
        { "x5t#S256": `${thumbprint}=` },
        presented(bearer, () => der),
      ),
    ).toBe("certificate_mismatch");
  });

  it("gives the same verdict where the digest answers later", async () => {
    const later = { sha256: async (data: Uint8Array) => digest.sha256(data) };
    const cnf = { "x5t#S256": thumbprint };

    expect(
      await judge(
        cnf,
        presented(bearer, () => der),
        { digest: later },
      ),
    ).toBe("ok");
    expect(
      await judge(
        cnf,
        presented(bearer, () => der.subarray(1)),
        { digest: later },
      ),
    ).toBe("certificate_mismatch");
  });

  it("asks for a certificate for tokens that are bound to one alone", async () => {
    const asking = presented(bearer, () => {
      throw new Error("asked");
    });

    expect(await judge(undefined, asking)).toBe("ok");
    expect(await judge({ jkt: "x" }, asking)).toBe("confirmation");
  });

  it("leaves other outcomes as they are", () => {
    const context = { requireBoundTokens: true, bytes, digest };
    const outcome: Outcome = {
      kind: "unavailable",
      retryAfterSeconds: 1,
      detail: { code: "c", message: "m", reference: "r" },
    };

    expect(requirePossession(outcome, undefined, context)).toBe(outcome);
  });

  it("needs both proofs of a token that is bound to both, and uses none up before the certificate is right", async () => {
    const cnf = { jkt: "x", "x5t#S256": thumbprint };
    const asked: string[] = [];
    const resource: PossessionContext["dpop"] = {
      prove: async ({ jkt }) => {
        asked.push(jkt);
        return { kind: "proven", nonce: undefined };
      },
    };

    expect(await judge(cnf, presented(dpop), { dpop: resource })).toBe("certificate_missing");
    expect(
      await judge(
        cnf,
        presented(dpop, () => der.subarray(1)),
        { dpop: resource },
      ),
    ).toBe("certificate_mismatch");
    expect(
      await judge(
        cnf,
        presented(bearer, () => der),
        { dpop: resource },
      ),
    ).toBe("confirmation");
    expect(asked).toEqual([]);
    expect(
      await judge(
        cnf,
        presented(dpop, () => der),
        { dpop: resource },
      ),
    ).toBe("ok");
    expect(asked).toEqual(["x"]);
    expect(
      await judge(
        cnf,
        presented(dpop, () => der),
      ),
    ).toBe("confirmation");
  });

  it("passes the refusal of a proof on, and the next nonce of one that is good", async () => {
    const refusal = rejected("invalid_dpop_proof", { code: "c", message: "m", reference: "r" });
    const context = { requireBoundTokens: true, bytes, digest };
    const outcome = good({ jkt: "x" });
    const under = (prove: NonNullable<PossessionContext["dpop"]>["prove"]): unknown =>
      requirePossession(outcome, presented(dpop), { ...context, dpop: { prove } });

    expect(await under(async () => refusal)).toBe(refusal);
    expect(await under(async () => ({ kind: "proven", nonce: undefined }))).toBe(outcome);
    expect(await under(async () => ({ kind: "proven", nonce: "next" }))).toEqual({
      ...outcome,
      responseHeaders: [
        ["DPoP-Nonce", "next"],
        ["Cache-Control", "no-store"],
      ],
    });
  });
});
