import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";

import type { SignatureAlgorithm } from "@credicorp/oauth-core";
import {
  concludeVerification,
  parseCompactJws,
  parseSignatureAlgorithm,
  prepareVerification,
} from "@credicorp/oauth-core/jwt";
import type { PublicJwk } from "@credicorp/oauth-core/protocol";
import { describe, expect, it } from "vitest";

import { bytes, createTestKey, signatureEngine } from "../support/node-ports.ts";

interface SignedText {
  readonly algorithm: string;
  readonly key: PublicJwk & { readonly k?: string };
  readonly signingInput: string;
  readonly signature: string;
}

interface Example {
  readonly section: string;
  readonly verdict: string;
  readonly text: string;
  readonly signatures: readonly SignedText[];
}

const { examples } = JSON.parse(
  readFileSync(new URL("rfc-examples.json", import.meta.url), "utf8"),
) as { readonly examples: readonly Example[] };

async function isGood({ algorithm, key, ...signed }: SignedText): Promise<boolean> {
  if (key.kty === "oct") {
    const mac = createHmac("sha256", Buffer.from(key.k ?? "", "base64url"));
    return mac.update(signed.signingInput).digest("base64url") === signed.signature;
  }
  const imported = await signatureEngine.importVerificationKey(
    key,
    algorithm as SignatureAlgorithm,
  );
  if (!imported.ok) throw new Error(imported.failure);
  const signature = Buffer.from(signed.signature, "base64url");
  return signatureEngine.verify(imported.value, bytes.encodeUtf8(signed.signingInput), signature);
}

describe("RFC examples", () => {
  it.each(examples)("$section: every signature is good, and of nothing else", async (example) => {
    for (const signed of example.signatures) {
      expect(await isGood(signed)).toBe(true);
      expect(await isGood({ ...signed, signingInput: `${signed.signingInput}A` })).toBe(false);
    }
  });

  it.each(examples.filter(({ verdict }) => verdict === "read"))(
    "$section: is read, and its signature covers what the parser says",
    async ({ text, signatures: [signed] }) => {
      const jws = parseCompactJws(text, bytes);
      if (!jws.ok || signed === undefined) throw new Error("the example is refused");
      const { header, payload, signingInput, signature } = jws.value;

      expect(header.alg).toBe(signed.algorithm);
      expect(payload).toEqual({
        iss: "joe",
        exp: 1_300_819_380,
        "http://example.com/is_root": true,
      });
      expect(signingInput).toEqual(bytes.encodeUtf8(signed.signingInput));
      expect(Buffer.from(signature).toString("base64url")).toBe(signed.signature);
    },
  );

  it.each(examples.filter(({ verdict }) => verdict === "symmetric"))(
    "$section: is read, and no algorithm of ours",
    ({ text }) => {
      const jws = parseCompactJws(text, bytes);
      if (!jws.ok) throw new Error(jws.failure.code);

      expect(parseSignatureAlgorithm(jws.value.header.alg)).toBeUndefined();
    },
  );

  it.each(examples.filter(({ verdict }) => verdict.startsWith("jws_")))(
    "$section: is no compact JWT, however good its signature",
    ({ text, verdict }) => {
      expect(parseCompactJws(text, bytes)).toMatchObject({ ok: false, failure: { code: verdict } });
    },
  );

  it("RFC 9068 section 3: header and claims, signed, are an access token for as long as they say", () => {
    const claims = {
      iss: "https://authorization-server.example.com/",
      sub: "5ba552d67",
      aud: "https://rs.example.com/",
      exp: 1639528912,
      iat: 1618354090,
      jti: "dbe39bf3a3ba4238a513f51d6e1691c4",
      client_id: "s6BhdRkqt3",
      scope: "openid profile reademail",
    };
    const policy = {
      issuer: claims.iss,
      audience: [claims.aud],
      algorithms: ["RS256"],
      tokenTypes: ["at+jwt"],
      clockToleranceSeconds: 0,
    } as const;
    const header = '{"typ":"at+JWT","alg":"RS256","kid":"RjEwOwOA"}';
    const token = createTestKey("RjEwOwOA", "RS256").signText(header, JSON.stringify(claims));
    const prepared = prepareVerification(token, { policy, bytes });
    if (!prepared.ok) throw new Error(prepared.failure.code);
    const conclude = (now: number) =>
      concludeVerification(prepared.value, { isGood: true, policy, now });

    expect(prepared.value).toMatchObject({ kid: "RjEwOwOA", algorithm: "RS256" });
    expect(conclude(claims.iat)).toMatchObject({
      ok: true,
      value: { clientId: "s6BhdRkqt3", scope: ["openid", "profile", "reademail"] },
    });
    expect(conclude(claims.exp)).toMatchObject({ ok: false, failure: { code: "expired" } });
  });

  it("RFC 9449 section 6.1: the bound token does not say that it is an access token (RFC 9068)", () => {
    const token =
      "eyJhbGciOiJFUzI1NiIsImtpZCI6IkJlQUxrYiJ9.eyJzdWIiOiJzb21lb25lQGV4YW1wbGUuY29tIiwiaXNzIjoiaHR0cHM6Ly9zZXJ2ZXIuZXhhbXBsZS5jb20iLCJuYmYiOjE1NjIyNjI2MTEsImV4cCI6MTU2MjI2NjIxNiwiY25mIjp7ImprdCI6IjBaY09DT1JaTll5LURXcHFxMzBqWnlKR0hUTjBkMkhnbEJWM3VpZ3VBNEkifX0.3Tyo8VTcn6u_PboUmAOYUY1kfAavomW_YwYMkmRNizLJoQzWy2fCo79Zi5yObpIzjWb5xW4OGld7ESZrh0fsrA";
    const jws = parseCompactJws(token, bytes);

    expect(jws).toMatchObject({
      ok: true,
      value: { payload: { cnf: { jkt: "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" } } },
    });
    expect(
      prepareVerification(token, {
        policy: {
          issuer: "https://server.example.com",
          audience: null,
          algorithms: ["ES256"],
          tokenTypes: ["at+jwt"],
          clockToleranceSeconds: 0,
        },
        bytes,
      }),
    ).toMatchObject({ ok: false, failure: { code: "type" } });
  });
});
