import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

import { createIssuerKey } from "./support/issuer.ts";
import { describeOutcome, setUp } from "./support/set-up.ts";

const algorithms = ["RS256", "PS256", "ES256", "Ed25519"] as const;

interface Refusal {
  readonly name: string;
  readonly claims?: object;
  readonly header?: object;
  readonly code: string;
}

describe("verifier", () => {
  it.each([undefined, null, 7, {}])("refuses %o, which is no token", async (token) => {
    const { verifier } = await setUp();

    expect(describeOutcome(await verifier.verifyToken(token as string))).toBe(
      "rejected: malformed",
    );
  });

  it.each(algorithms)(
    "AT-04 RS-06 accepts a token that node:crypto signed with %s",
    async (algorithm) => {
      const { issuer, verifier } = await setUp({ keys: [createIssuerKey("k1", algorithm)] });
      const token = issuer.keys[0]?.sign(issuer.claims({ env: "sandbox" })) ?? "";

      expect(await verifier.verifyToken(token)).toMatchObject({
        kind: "ok",
        principal: {
          clientId: "partner-1",
          subject: "partner-1",
          scope: ["decisions:read"],
          claims: {
            issuer: issuer.url,
            audience: ["https://api.example"],
            extensions: { env: "sandbox" },
          },
        },
      });
    },
  );

  it.each<Refusal>([
    { name: "ATK-31 an exp that is a text", claims: { exp: "9999999999" }, code: "claims" },
    { name: "ATK-31 no exp", claims: { exp: undefined }, code: "claims" },
    { name: "an exp that has passed", claims: { exp: 1_600_000_000 }, code: "expired" },
    { name: "an nbf to come", claims: { nbf: 4_000_000_000 }, code: "not_yet_valid" },
    { name: "ATK-32 another issuer", claims: { iss: "https://as.example" }, code: "issuer" },
    {
      name: "ATK-33 another audience",
      claims: { aud: ["https://other.example"] },
      code: "audience",
    },
    { name: "ATK-33 no audience", claims: { aud: undefined }, code: "claims" },
    { name: "AT-02 no client_id", claims: { client_id: undefined }, code: "claims" },
    { name: "ATK-30 the typ of an ID token", header: { typ: "JWT" }, code: "type" },
    { name: "ATK-30 the typ of a DPoP proof", header: { typ: "dpop+jwt" }, code: "type" },
    { name: "ATK-01 alg none", header: { alg: "none" }, code: "algorithm" },
    { name: "ATK-02 alg HS256", header: { alg: "HS256" }, code: "algorithm" },
    { name: "ATK-05 the alg of another key type", header: { alg: "ES256" }, code: "key_not_found" },
    { name: "ATK-28 crit", header: { crit: ["exp"] }, code: "malformed" },
    { name: "ATK-48 a bound token", claims: { cnf: { jkt: "abc" } }, code: "confirmation" },
  ])("$name is refused", async ({ claims, header, code }) => {
    const { verify } = await setUp();

    expect(await verify(claims, header)).toBe(`rejected: ${code}`);
  });

  it("ATK-02 does not verify an HMAC that was made with the public key", async () => {
    const { issuer, verifier } = await setUp({ keys: [createIssuerKey("k1", "RS256")] });
    const { createHmac, createPublicKey } = await import("node:crypto");
    const key = createPublicKey({ key: issuer.keys[0]?.jwk as never, format: "jwk" });
    const good = issuer.keys[0]?.sign(issuer.claims(), { alg: "HS256" }) ?? "";
    const input = good.slice(0, good.lastIndexOf("."));

    for (const secret of [
      key.export({ format: "pem", type: "spki" }),
      JSON.stringify(issuer.keys[0]?.jwk),
    ]) {
      const token = `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
      expect(describeOutcome(await verifier.verifyToken(token))).toBe("rejected: algorithm");
    }
  });

  it.each([
    ["ATK-07 zeros", Buffer.alloc(64)],
    ["ATK-07 one and one", Buffer.from(`${"00".repeat(31)}01${"00".repeat(31)}01`, "hex")],
    [
      "ATK-07 the order of the curve",
      Buffer.from(
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551".repeat(2),
        "hex",
      ),
    ],
    ["ATK-07 nothing but one byte", Buffer.from([0])],
    ["ATK-07 too long", Buffer.alloc(66, 1)],
  ])("%s is refused as an ES256 signature", async (_name, signature) => {
    const { issuer, verifier } = await setUp({ keys: [createIssuerKey("k1", "ES256")] });
    const good = issuer.keys[0]?.sign(issuer.claims()) ?? "";
    const token = `${good.slice(0, good.lastIndexOf("."))}.${signature.toString("base64url")}`;

    expect(describeOutcome(await verifier.verifyToken(token))).toBe("rejected: signature");
  });

  it("ATK-08 refuses a DER signature, and ATK-09 accepts the high-S twin of a good one", async () => {
    const { generateKeyPair, sign } = await import("node:crypto");
    const { publicKey, privateKey } = await promisify(generateKeyPair)("ec", {
      namedCurve: "P-256",
    });
    const jwk = { ...publicKey.export({ format: "jwk" }), kid: "k1" };
    const { issuer, verifier } = await setUp({ keys: [{ jwk, sign: () => "" }] });
    const segments = [{ alg: "ES256", typ: "at+jwt", kid: "k1" }, issuer.claims()];
    const input = segments
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const raw = sign("sha256", Buffer.from(input), { key: privateKey, dsaEncoding: "ieee-p1363" });
    const twin = (order - BigInt(`0x${raw.subarray(32).toString("hex")}`))
      .toString(16)
      .padStart(64, "0");
    const verify = async (signature: Buffer): Promise<string> =>
      describeOutcome(await verifier.verifyToken(`${input}.${signature.toString("base64url")}`));

    expect(await verify(raw)).toBe("ok");
    expect(await verify(Buffer.concat([raw.subarray(0, 32), Buffer.from(twin, "hex")]))).toBe("ok");
    expect(await verify(sign("sha256", Buffer.from(input), privateKey))).toBe(
      "rejected: signature",
    );
  });

  it("ATK-19 accepts a padded token where the option says so, and nowhere else", async () => {
    const tolerant = await setUp({ acceptPaddedTokens: true });
    const strict = await setUp();
    const key = createIssuerKey("k1");
    for (const { issuer } of [tolerant, strict]) issuer.keys = [key];
    const sign = (claims: object): string => `${key.sign(claims)}==`;

    expect(await tolerant.verifier.verifyToken(sign(tolerant.issuer.claims()))).toMatchObject({
      kind: "ok",
    });
    expect(describeOutcome(await strict.verifier.verifyToken(sign(strict.issuer.claims())))).toBe(
      "rejected: malformed",
    );
  });

  it("ATK-42 accepts from a field no padded token that a field may not have, though it is kept", async () => {
    const { verifier, issuer } = await setUp({ acceptPaddedTokens: true });
    const { generateKeyPair, sign } = await import("node:crypto");
    const { publicKey, privateKey } = await promisify(generateKeyPair)("ed25519");
    const jwk = { ...publicKey.export({ format: "jwk" }), kid: "k1", alg: "Ed25519" };
    issuer.keys = [{ jwk, sign: () => "" }];
    const input = [{ alg: "Ed25519", typ: "at+jwt", kid: "k1" }, issuer.claims()]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .map((segment) => segment.padEnd(Math.ceil(segment.length / 4) * 4, "="))
      .join(".");
    const signature = sign(null, Buffer.from(input), privateKey).toString("base64url");
    const padded = `${input}.${signature}`;
    const ask = async (): Promise<string> =>
      describeOutcome(
        await verifier.verifyRequest({
          method: "GET",
          url: "/",
          headers: [["Authorization", `Bearer ${padded}`]],
        }),
      );

    expect(padded.indexOf("=")).toBeGreaterThan(0);
    expect(await ask()).toBe("rejected: authorization_malformed");
    expect((await verifier.verifyToken(padded)).kind).toBe("ok");
    expect(await ask()).toBe("rejected: authorization_malformed");
  });

  it("ATK-39 gives each verifier its own verdict on the same token", async () => {
    const first = await setUp();
    const second = await setUp({ audience: "https://other.example", issuer: first.issuer.url });
    const token = first.issuer.keys[0]?.sign(first.issuer.claims()) ?? "";

    expect(describeOutcome(await first.verifier.verifyToken(token))).toBe("ok");
    expect(describeOutcome(await second.verifier.verifyToken(token))).toBe("rejected: audience");
  });

  it("ATK-12 asks nobody but the issuer, whatever the header says", async () => {
    const evil = await setUp();
    const { issuer, verifier } = await setUp();
    const forged = createIssuerKey("k1");
    const header = { jku: `${evil.issuer.url}/jwks`, x5u: evil.issuer.url, jwk: forged.jwk };

    expect(describeOutcome(await verifier.verifyToken(forged.sign(issuer.claims(), header)))).toBe(
      "rejected: signature",
    );
    expect(
      describeOutcome(
        await verifier.verifyToken(forged.sign(issuer.claims({ iss: evil.issuer.url }), header)),
      ),
    ).toBe("rejected: signature");
    expect(evil.issuer.requests).toEqual([]);
  });

  it("verifies a standard Request", async () => {
    const { issuer, verifier } = await setUp();
    const token = issuer.keys[0]?.sign(issuer.claims()) ?? "";
    const request = new Request("https://api.example/x", {
      headers: { Authorization: `Bearer ${token}` },
    });
    const doubled = new Request(request);
    doubled.headers.append("Authorization", `Bearer ${token}`);

    expect((await verifier.verifyRequest(request)).kind).toBe("ok");
    expect(await verifier.verifyRequest(doubled)).toMatchObject({ error: "invalid_request" });
  });

  it("RS-03 asks of a request the scope that its route needs, now and later", async () => {
    const { issuer, verifier } = await setUp();
    const token = issuer.keys[0]?.sign(issuer.claims()) ?? "";
    const request = {
      method: "GET",
      url: "/decisions",
      headers: [["Authorization", `Bearer ${token}`]] as const,
    };

    const cold = await verifier.verifyRequest(request, { scope: ["applications:write"] });
    const warm = await verifier.beginRequest(request, { scope: ["applications:write"] });

    expect(describeOutcome(cold)).toBe("rejected: scope_insufficient");
    expect(warm).toEqual(cold);
    expect(await verifier.verifyRequest(request, { scope: ["decisions:read"] })).toMatchObject({
      kind: "ok",
    });
    expect(await verifier.verifyRequest(request, {})).toMatchObject({ kind: "ok" });
  });

  it("answers with the audience for a realm, or the realm it was given", async () => {
    const named = await setUp({ realm: "Partner API" });
    const unnamed = await setUp();
    const outcome = await named.verifier.verifyRequest({ method: "GET", url: "/", headers: [] });
    if (outcome.kind === "ok") throw new Error("accepted nothing");

    expect(named.verifier.toResponse(outcome).headers).toContainEqual([
      "WWW-Authenticate",
      'Bearer realm="Partner API"',
    ]);
    expect(unnamed.verifier.toResponse(outcome).headers).toContainEqual([
      "WWW-Authenticate",
      'Bearer realm="https://api.example"',
    ]);
  });
});
