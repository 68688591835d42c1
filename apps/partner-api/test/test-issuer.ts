import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  sign,
} from "node:crypto";
import type { Verifier } from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";
import type { PartnerScope } from "@credicorp/partner-api";
import { partnerScopes } from "@credicorp/partner-api";

const issuer = "https://issuer.example";
const audience = "https://api.example/partner/v1";

/** An authorization server that exists in memory only: its keys, and tokens signed with them. */
export interface TestIssuer {
  readonly verifier: Verifier<PartnerScope>;

  /** Returns an `Authorization` field. */
  readonly authorize: (grant: { clientId: string; scope: string }) => string;
}

export function createTestIssuer(): TestIssuer {
  const made = generateKeyPairSync("ec", { namedCurve: "P-256" });
  // A copy: Node 20 deadlocks when it exports a key as a JWK while it collects the synchronous job that made it.
  const privateKey = createPrivateKey(made.privateKey.export({ format: "pem", type: "pkcs8" }));
  const publicKey = createPublicKey(privateKey);
  const jwks = { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "1", alg: "ES256" }] };
  const verifier = createVerifier({
    issuer,
    audience,
    jwksUri: `${issuer}/jwks.json`,
    scopes: partnerScopes,
    resource: { identifier: audience, name: "Partner API" },
    ports: {
      transport: async () => ({
        ok: true,
        value: {
          status: 200,
          headers: [["content-type", "application/json"]],
          body: Buffer.from(JSON.stringify(jwks)),
        },
      }),
    },
  });

  return {
    verifier,
    authorize: ({ clientId, scope }) => {
      const now = Math.floor(Date.now() / 1000);
      const header = { alg: "ES256", typ: "at+jwt", kid: "1" };
      const claims = { iss: issuer, aud: audience, sub: clientId, client_id: clientId, scope };
      const times = { iat: now, exp: now + 60, jti: randomUUID() };
      const input = [header, { ...claims, ...times }]
        .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
        .join(".");
      const key = { key: privateKey, dsaEncoding: "ieee-p1363" } as const;
      const signature = sign("sha256", Buffer.from(input), key).toString("base64url");
      return `Bearer ${input}.${signature}`;
    },
  };
}
