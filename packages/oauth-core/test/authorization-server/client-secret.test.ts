import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";

import type { ClientRegistration } from "@credicorp/oauth-core/authorization-server";
import {
  clientSecretWeakness,
  isMadeClientSecret,
  makeClientSecret,
  matchClientSecret,
  registerClient,
} from "@credicorp/oauth-core/authorization-server";

import { bytes, digest, signatureEngine } from "../support/node-ports.ts";

const ports = {
  bytes,
  digest,
  random: { bytes: (length: number) => new Uint8Array(randomBytes(length)), fraction: () => 0 },
  signatureEngine,
};
const strong = "strong-secret-0123456789-ABCDEFGH";

describe("makeClientSecret", () => {
  it("makes 256 bits with a prefix and a checksum, in characters that no encoding changes", async () => {
    const secrets = await Promise.all(
      Array.from({ length: 50 }, () => makeClientSecret("sandbox", ports)),
    );

    expect(new Set(secrets).size).toBe(50);
    for (const secret of secrets) {
      expect(secret).toMatch(/^credicorp_sandbox_[A-Za-z0-9_-]{49}$/);
      expect(new URLSearchParams({ secret }).toString()).toBe(`secret=${secret}`);
      expect(clientSecretWeakness(secret)).toBeUndefined();
      expect(await isMadeClientSecret(secret, ports)).toBe(true);
    }
  });

  it("is told from texts that look alike", async () => {
    const secret = await makeClientSecret("sandbox", ports);
    const changed = secret.slice(0, 25) + (secret[25] === "A" ? "B" : "A") + secret.slice(26);

    expect(await isMadeClientSecret(changed, ports)).toBe(false);
    expect(await isMadeClientSecret("credicorp_sandbox_", ports)).toBe(false);
    expect(await isMadeClientSecret(` ${secret}`, ports)).toBe(false);
  });
});

describe("clientSecretWeakness", () => {
  it.each([
    "",
    "secret",
    "correct horse battery",
    "a".repeat(100),
    "0123456789012345678901234567890",
    "abcdefgh".repeat(3),
  ])("refuses %j", (secret) => {
    expect(clientSecretWeakness(secret)).toMatch(/128 bits/);
  });

  it("refuses characters outside of printable ASCII", () => {
    expect(clientSecretWeakness(`${strong}\u0007`)).toMatch(/ASCII/);
  });

  it("accepts 22 random characters of base64url", () => {
    expect(clientSecretWeakness("Zk3vT9xQ_m2Lw8RbY5-sPd")).toBeUndefined();
  });
});

describe("matchClientSecret", () => {
  it("prefers a live secret to an expired one that is the same", async () => {
    const hash = await digest.sha256(bytes.encodeUtf8(strong));
    const text = bytes.encodeBase64url(hash);
    const context = { now: 100, bytes, digest };

    const both = [{ digest: text, expiresAt: 50 }, { digest: text }];

    expect(matchClientSecret(hash, both, context).verdict).toBe("live");
    expect(matchClientSecret(hash, both.toReversed(), context).verdict).toBe("live");
    expect(matchClientSecret(hash, both.slice(0, 1), context).verdict).toBe("expired");
  });

  it("treats a clock that yields NaN as proving nothing", async () => {
    const hash = await digest.sha256(bytes.encodeUtf8(strong));
    const secret = { digest: bytes.encodeBase64url(hash), notBefore: 1, expiresAt: 5 };

    expect(matchClientSecret(hash, [secret], { now: Number.NaN, bytes, digest }).verdict).not.toBe(
      "live",
    );
  });
});

describe("registerClient", () => {
  const client: ClientRegistration = {
    id: "client",
    tokenEndpointAuthMethod: "client_secret_basic",
    secret: strong,
    scope: ["a", "b"],
  };

  it("keeps digests, given or made, and never the secret", async () => {
    const made = await registerClient(client, ports);
    const { secret: _secret, ...withoutSecret } = client;
    const secretDigest = made.secrets[0]?.digest ?? "";
    const given = await registerClient({ ...withoutSecret, secrets: [{ secretDigest }] }, ports);

    expect(given).toEqual(made);
    expect(JSON.stringify(made)).not.toContain(strong);
  });

  it.each<[string, Partial<ClientRegistration>]>([
    ["id", { id: "" }],
    ["id", { id: "a:b" }],
    ["id", { id: "a".repeat(129) }],
    ["secret", { secret: "short" }],
    ["secrets", { secret: undefined }],
    ["secrets", { secrets: [{}] }],
    ["secrets", { secrets: [{ secret: strong, secretDigest: "x" }] }],
    ["secretDigest", { secrets: [{ secretDigest: "x" }] }],
    ["scope[1]", { scope: ["a", "b c"] }],
    ["defaultScope", { defaultScope: ["c"] }],
    ["accessTokenLifetimeSeconds", { accessTokenLifetimeSeconds: 0 }],
    ["accessTokenLifetimeSeconds", { accessTokenLifetimeSeconds: 3601 }],
    ["tokenLimit", { tokenLimit: { limit: 0, windowSeconds: 1 } }],
    ["tokenLimit", { tokenLimit: { limit: 1e15, windowSeconds: 1 } }],
    ["tokenLimit", { tokenLimit: { limit: 1, windowSeconds: 1e15 } }],
  ])("refuses a wrong %s and says where it is, without the secret", async (member, change) => {
    const failure: unknown = await registerClient({ ...client, ...change }, ports).catch(
      (error: unknown) => error,
    );

    expect(failure).toMatchObject({
      kind: "config",
      option: expect.stringContaining(`.${member}`),
    });
    expect(String(failure)).not.toContain(strong);
    expect(String(failure)).not.toContain('"short"');
  });
});
