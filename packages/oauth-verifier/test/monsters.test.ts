import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { bytes, signatureEngine } from "@credicorp/oauth-runtime";
import type { Verifier } from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";
import { describe, expect, it } from "vitest";

import { createIssuerKey } from "./support/issuer.ts";
import { describeOutcome } from "./support/set-up.ts";

const issuer = "https://as.example";
const key = createIssuerKey("k");

/** A verifier with its keys at hand that counts the work it has others do. */
async function setUp(options: { readonly maxCacheBytes?: number; readonly isGood?: true } = {}) {
  const { isGood, ...verifierOptions } = options;
  const work = { decodedCharacters: 0, signatureChecks: 0, fetches: 0 };
  const decode =
    <Decoded>(decoder: (text: string) => Decoded) =>
    (text: string): Decoded => {
      work.decodedCharacters += text.length;
      return decoder(text);
    };
  const verifier = createVerifier({
    issuer,
    audience: "a",
    jwksUri: `${issuer}/jwks`,
    ...verifierOptions,
    ports: {
      transport: async () => {
        work.fetches += 1;
        const body = Buffer.from(JSON.stringify({ keys: [key.jwk] }));
        return { ok: true, value: { status: 200, headers: [], body } };
      },
      bytes: {
        ...bytes,
        decodeBase64url: decode(bytes.decodeBase64url),
        decodeBase64urlUtf8: decode(bytes.decodeBase64urlUtf8 ?? (() => undefined)),
      },
      signatureEngine: {
        ...signatureEngine,
        verify: (...input) => {
          work.signatureChecks += 1;
          return isGood ?? signatureEngine.verify(...input);
        },
      },
    },
  });
  await verifier.ready();
  work.fetches = 0;
  work.decodedCharacters = 0;
  return { verifier, work };
}

function encode(text: string): string {
  return Buffer.from(text).toString("base64url");
}

const header = encode(JSON.stringify({ alg: "Ed25519", kid: "k", typ: "at+jwt" }));
const signature = encode("x".repeat(64));

/** Milliseconds of CPU time, the least of several attempts: what else the machine does is not what is asked. */
function leastCpuMs(act: () => unknown): number {
  const attempts = Array.from({ length: 7 }, () => {
    const before = process.cpuUsage();
    act();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...attempts);
}

const monsters = [
  { name: "8 MB of dots", token: ".".repeat(8_000_000) },
  { name: "8 MB without a dot", token: "A".repeat(8_000_000) },
  { name: "a header of 1 MB", token: `${"A".repeat(1_000_000)}.e30.${signature}` },
  { name: "a payload of 8 MB", token: `${header}.${"A".repeat(8_000_000)}.${signature}` },
  { name: "a signature of 8 MB", token: `${header}.e30.${"A".repeat(8_000_000)}` },
  {
    name: "JSON that is 100,000 levels deep",
    token: `${header}.${encode("[".repeat(100_000) + "]".repeat(100_000))}.${signature}`,
  },
];

// What is small enough to be looked at.
const dwarfs = [
  { name: "16 KiB of dots", token: ".".repeat(16_384) },
  {
    name: "JSON that is as deep as its place allows",
    token: `${header}.${encode(`{"a":${"[".repeat(11_000)}`)}.${signature}`,
  },
  {
    name: "JSON with as many members as its place allows",
    token: `${header}.${encode(`{${'"":0,'.repeat(2200)}"":0}`)}.${signature}`,
  },
  {
    name: "one string of escapes",
    token: `${header}.${encode(`{"a":"${"\\u0000".repeat(1800)}"}`)}.${signature}`,
  },
];

describe("a token that is made to cost", () => {
  it.each(monsters)("ATK-20 ATK-24 is refused unread: $name", async ({ token }) => {
    const { verifier, work } = await setUp();

    const outcome = verifier.verifySync(token);

    expect(describeOutcome(outcome)).toBe("rejected: malformed");
    expect(work).toEqual({ decodedCharacters: 0, signatureChecks: 0, fetches: 0 });
    expect(leastCpuMs(() => verifier.verifySync(token))).toBeLessThan(1);
  });

  it.each(monsters)("ATK-20 ATK-24 is refused unread in a header field: $name", async (monster) => {
    const { verifier, work } = await setUp();
    const fields = ["Bearer ", "bearer\t", ""].map((scheme) => `${scheme}${monster.token}`);

    for (const field of fields) {
      const request = { method: "GET", url: "/", headers: [["Authorization", field]] } as const;
      const outcome = await verifier.verifyRequest(request);

      expect(describeOutcome(outcome)).toBe("rejected: authorization_too_long");
      expect(leastCpuMs(() => void verifier.verifyRequest(request))).toBeLessThan(1);
    }
    expect(work).toEqual({ decodedCharacters: 0, signatureChecks: 0, fetches: 0 });
  });

  it.each(dwarfs)("ATK-20 ATK-24 is read within its bounds: $name", async ({ token }) => {
    const { verifier, work } = await setUp();

    const outcome = verifier.verifySync(token);

    expect(outcome.kind).toBe("rejected");
    expect(work.decodedCharacters).toBeLessThanOrEqual(16_384);
    expect(work.fetches).toBe(0);
    expect(leastCpuMs(() => verifier.verifySync(token))).toBeLessThan(5);
  });

  it("ATK-41 keeps its memory within the budget while 12,000 good tokens come once each", async () => {
    const { verifier } = await setUp({ maxCacheBytes: 2 ** 20, isGood: true });
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    flood(verifier, { from: 0, to: 2000 });
    collect();
    const before = process.memoryUsage().heapUsed;

    flood(verifier, { from: 2000, to: 14_000 });
    collect();

    // All of them would take 15 MB.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(6_000_000);
    expect(describeOutcome(verifier.verifySync("x"))).toBe("rejected: malformed");
  });
});

function flood(verifier: Verifier, range: { readonly from: number; readonly to: number }): void {
  const exp = Math.floor(Date.now() / 1000) + 900;
  const claims = { iss: issuer, sub: "c", client_id: "c", aud: "a", iat: exp - 900, exp };
  for (let index = range.from; index < range.to; index += 1) {
    const payload = encode(JSON.stringify({ ...claims, jti: `${index}`, name: "n".repeat(100) }));
    const end = encode(index.toString().padStart(64, "0"));
    if (verifier.verifySync(`${header}.${payload}.${end}`).kind !== "ok")
      throw new Error("refused");
  }
}
