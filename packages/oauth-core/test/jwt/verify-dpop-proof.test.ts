import type { DpopExpectation, DpopProofClaims } from "@credicorp/oauth-core/jwt";
import { verifyDpopProof } from "@credicorp/oauth-core/jwt";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import { describe, expect, it } from "vitest";

import { createDpopKey } from "../support/dpop-key.ts";
import { bytes, digest, signatureEngine } from "../support/node-ports.ts";

const now = 1_700_000_000;
const key = await createDpopKey();
const expectation: DpopExpectation = {
  method: "POST",
  url: "https://hub.example.com/partner/v1/oauth/token",
  algorithms: ["ES256", "PS256", "Ed25519"],
  windowSeconds: 60,
};
const claims: DpopProofClaims = {
  method: "POST",
  url: expectation.url,
  issuedAt: now,
  jti: "a",
};

async function verify(
  proof: string,
  options: Partial<DpopExpectation> & { readonly at?: number } = {},
): Promise<string> {
  const { at = now, ...changes } = options;
  const ports = { bytes, digest, signatureEngine, clock: createControlledClock(at) };
  const verified = await verifyDpopProof(proof, { ...expectation, ...changes }, ports);
  return verified.ok ? verified.value.thumbprint : verified.failure.code;
}

describe("the verification of a DPoP proof", () => {
  it("RFC 9449 section 4.1: accepts the example, and names its key as section 6.1 does", async () => {
    const proof =
      "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";

    const verdict = await verify(proof, {
      url: "https://server.example.com/token",
      at: 1562262616,
    });

    expect(verdict).toBe("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
  });

  it("RFC 9449 section 5: accepts the example of a request to refresh", async () => {
    const proof =
      "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjY1Mjk2fQ.pAqut2IRDm_De6PR93SYmGBPXpwrAk90e8cP2hjiaG5QsGSuKDYW7_X620BxqhvYC8ynrrvZLTk41mSRroapUA";

    const verdict = await verify(proof, {
      url: "https://server.example.com/token",
      at: 1562265296,
    });

    expect(verdict).toBe("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
  });

  it("RFC 9449 section 7.1: accepts the example of a call, and reads the hash of its token", async () => {
    const proof =
      "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA";
    const verified = await verifyDpopProof(
      proof,
      { ...expectation, method: "GET", url: "https://resource.example.org/protectedresource" },
      { bytes, digest, signatureEngine, clock: createControlledClock(1562262618) },
    );
    if (!verified.ok) throw new Error(verified.failure.code);
    const token = bytes.encodeUtf8("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU");

    expect(verified.value.thumbprint).toBe("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
    expect(verified.value.claims.accessTokenHash).toBe(
      bytes.encodeBase64url(await digest.sha256(token)),
    );
  });

  it.each(["ES256", "PS256", "Ed25519"] as const)("DPOP-01 accepts %s", async (algorithm) => {
    const other = await createDpopKey(algorithm);

    expect(await verify(await other.prove(claims))).toBe(other.thumbprint);
  });

  it("DPOP-01 ATK-50 refuses an algorithm that is spoken, and not accepted here", async () => {
    const other = await createDpopKey("RS256");
    const proof = await other.prove(claims);

    expect(await verify(proof, { algorithms: ["RS256"] })).toBe(other.thumbprint);
    expect(await verify(proof)).toBe("dpop_algorithm");
    expect(await verify(await key.prove(claims), { algorithms: ["PS256"] })).toBe("dpop_algorithm");
  });

  it.each(["post", "Post", "GET", "PUT", "POST ", "POST,GET"])(
    "DPOP-02 ATK-49 refuses the method %j",
    async (method) => {
      expect(await verify(await key.prove({ ...claims, method }))).toBe("dpop_method");
    },
  );

  it("DPOP-02 compares URLs in their normal form", async () => {
    const proof = await key.prove({ ...claims, url: `${expectation.url}?a=b#c` });

    expect(await verify(proof)).toBe(key.thumbprint);
    expect(await verify(proof, { url: "https://HUB.example.com:443/partner/v1/oauth/token" })).toBe(
      key.thumbprint,
    );
    expect(await verify(proof, { url: "https://hub.example.com/partner/v1/x" })).toBe("dpop_url");
  });

  it("DPOP-02 refuses what is no URL, even where none is expected", async () => {
    const proof = await key.prove({ ...claims, url: "/token" });

    expect(await verify(proof, { url: "/token" })).toBe("dpop_url");
  });

  it.each([
    [-3600, "dpop_time"],
    [-61, "dpop_time"],
    [-60, "ok"],
    [-10, "ok"],
    [0, "ok"],
    [8, "ok"],
    [60, "ok"],
    [61, "dpop_time"],
    [3600, "dpop_time"],
    [-now, "dpop_time"],
    [1e15, "dpop_time"],
    [Number.MAX_VALUE, "dpop_time"],
  ])("DPOP-05 ATK-50 answers a proof from %d seconds ahead with %s", async (seconds, expected) => {
    const verdict = await verify(await key.prove({ ...claims, issuedAt: now + seconds }));

    expect(verdict).toBe(expected === "ok" ? key.thumbprint : expected);
  });

  it.each([
    [{ expiresAt: now - 10 }, "dpop_time"],
    [{ expiresAt: now - 9 }, "ok"],
    [{ expiresAt: now + 60 }, "ok"],
    [{ notBefore: now + 11 }, "dpop_time"],
    [{ notBefore: now + 10 }, "ok"],
    [{ notBefore: now - 60 }, "ok"],
  ])("DPOP-05 minds what a client adds: %j is %s", async (added, expected) => {
    const verdict = await verify(await key.prove({ ...claims, ...added }));

    expect(verdict).toBe(expected === "ok" ? key.thumbprint : expected);
  });

  it("accepts nothing while the clock yields nonsense", async () => {
    expect(await verify(await key.prove(claims), { at: Number.NaN })).toBe("dpop_time");
  });

  it("DPOP-01 refuses a signature by another key than that of the header", async () => {
    const other = await createDpopKey();
    const proof = await key.prove(claims);
    const forged = await other.sign(
      { htm: "POST", htu: claims.url, iat: now, jti: "a" },
      { jwk: key.jwk },
    );
    const [header = "", , signature = ""] = proof.split(".");
    const [, payload = ""] = (await key.prove({ ...claims, jti: "b" })).split(".");

    expect(await verify(forged)).toBe("dpop_signature");
    expect(await verify(`${header}.${payload}.${signature}`)).toBe("dpop_signature");
    expect(await verify(`${proof.slice(0, -4)}AAAA`)).toBe("dpop_signature");
  });

  it("DPOP-01 ATK-06 refuses a point that is not on the curve", async () => {
    const payload = { htm: "POST", htu: claims.url, iat: now, jti: "a" };

    expect(await verify(await key.sign(payload, { jwk: { ...key.jwk, x: key.jwk.y } }))).toBe(
      "dpop_key",
    );
  });
});
