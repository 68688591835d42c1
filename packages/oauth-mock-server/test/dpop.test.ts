import type { AuditEvent } from "@credicorp/oauth-core/authorization-server";
import {
  encodeDpopProofHeader,
  formatDpopProofClaims,
  jwkThumbprint,
  signCompactJws,
} from "@credicorp/oauth-core/jwt";
import type { PublicJwk } from "@credicorp/oauth-core/protocol";
import type { Sandbox, SandboxOptions } from "@credicorp/oauth-mock-server";
import { createSandbox, defaultClients } from "@credicorp/oauth-mock-server";
import { bytes, digest, random, signatureEngine, systemClock } from "@credicorp/oauth-runtime";
import { describe, expect, it, onTestFinished } from "vitest";

/** A partner that makes proofs with core's own functions, and sends them over a socket. */
interface Partner {
  readonly sandbox: Sandbox;
  readonly url: string;
  readonly thumbprint: string;
  readonly prove: (changes?: ProofChanges) => Promise<string>;
  readonly ask: (clientId: string, proof?: string) => Promise<Response>;
}

interface ProofChanges {
  readonly url?: string;
  readonly nonce?: string;
  readonly jwk?: PublicJwk;
  readonly algorithm?: "ES256" | "PS256";
}

async function setUp(configuration: SandboxOptions = {}): Promise<Partner> {
  const sandbox = await createSandbox(configuration);
  onTestFinished(() => sandbox.close());
  const { url: origin } = await sandbox.listen();
  const url = `${origin}/partner/v1/oauth/token`;
  const privateJwk = await signatureEngine.generateKeyPair("ES256");
  const imported = await signatureEngine.importSigningKey(privateJwk, "ES256");
  if (!imported.ok) throw new Error(imported.failure);

  return {
    sandbox,
    url,
    thumbprint: await jwkThumbprint(privateJwk, { digest, bytes }),
    prove: async (changes = {}) => {
      const { algorithm = "ES256", jwk = privateJwk } = changes;
      const claims = formatDpopProofClaims({
        method: "POST",
        url: changes.url ?? url,
        issuedAt: Math.floor(systemClock.now()),
        jti: bytes.encodeBase64url(random.bytes(16)),
        nonce: changes.nonce,
      });
      const encodedHeader = encodeDpopProofHeader({ algorithm, jwk }, bytes);
      return signCompactJws(
        { encodedHeader, claims, key: imported.value },
        { bytes, signatureEngine },
      );
    },
    ask: (clientId, proof) => {
      const { id, secret } = sandbox.clients.get(clientId);
      return fetch(url, {
        method: "POST",
        headers: {
          authorization: `Basic ${btoa(`${id}:${secret}`)}`,
          ...(proof !== undefined && { dpop: proof }),
        },
        body: new URLSearchParams({ grant_type: "client_credentials" }),
      });
    },
  };
}

async function read(response: Response): Promise<Record<string, unknown>> {
  return (await response.json()) as Record<string, unknown>;
}

describe("DPoP in the sandbox, over a socket", () => {
  it("DPOP-04 binds the token of partner-dpop, and tells its resource server", async () => {
    const { sandbox, url, thumbprint, prove, ask } = await setUp();

    const response = await ask("partner-dpop", await prove());
    const { access_token: token, token_type: type } = await read(response);
    const { id, secret } = sandbox.clients.get("partner-api");
    const introspected = await fetch(url.replace("/token", "/introspect"), {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
      body: new URLSearchParams({ token: String(token) }),
    });

    expect([response.status, type]).toEqual([200, "DPoP"]);
    expect(await introspected.json()).toMatchObject({
      active: true,
      token_type: "DPoP",
      cnf: { jkt: thumbprint },
    });
  });

  it("DPOP-01 DPOP-03 refuses partner-dpop without a proof, and with one that it has used", async () => {
    const { prove, ask } = await setUp();
    const proof = await prove();

    const statuses = [
      (await ask("partner-dpop")).status,
      (await ask("partner-dpop", proof)).status,
      (await ask("partner-dpop", proof)).status,
    ];

    expect(statuses).toEqual([400, 200, 400]);
  });

  it("DPOP-06 makes partner-dpop-nonce repeat its nonce", async () => {
    const { prove, ask } = await setUp();

    const refused = await ask("partner-dpop-nonce", await prove());
    const nonce = refused.headers.get("dpop-nonce") ?? "";
    const granted = await ask("partner-dpop-nonce", await prove({ nonce }));

    expect(await refused.json()).toMatchObject({ error: "use_dpop_nonce" });
    expect(refused.headers.get("cache-control")).toBe("no-store");
    expect(granted.status).toBe(200);
  });

  it("DPOP-02 ATK-49 takes a proof for where it listens, and not for what it was before", async () => {
    const { prove, ask } = await setUp();
    const url = "http://sandbox.localhost/partner/v1/oauth/token";

    expect((await ask("partner-dpop", await prove({ url }))).status).toBe(400);
  });

  it.each(["short", "offCurve"] as const)(
    "DPOP-01 ATK-06 refuses a key that is %s",
    async (name) => {
      const events: AuditEvent[] = [];
      const { prove, ask } = await setUp({ audit: (event) => void events.push(event) });
      const { x } = await signatureEngine.generateKeyPair("ES256");
      const keys = {
        short: { kty: "RSA", n: bytes.encodeBase64url(random.bytes(128)), e: "AQAB" },
        offCurve: { kty: "EC", crv: "P-256", x, y: x },
      };
      const algorithm = name === "short" ? "PS256" : "ES256";

      const response = await ask("partner-dpop", await prove({ jwk: keys[name], algorithm }));

      expect(await response.json()).toMatchObject({ error: "invalid_dpop_proof" });
      // Before its signature was looked at.
      expect(events.at(-1)).toMatchObject({ why: "dpop_key" });
    },
  );

  it("MD-11 advertises DPoP unless it is off, when proofs are ignored", async () => {
    const on = await setUp();
    const off = await setUp({ dpop: null });
    const advertised = async ({ sandbox }: Partner): Promise<unknown> => {
      const response = await sandbox.fetch("/.well-known/oauth-authorization-server");
      return (await read(response))["dpop_signing_alg_values_supported"];
    };

    expect(await advertised(on)).toEqual(["ES256", "PS256", "Ed25519", "EdDSA"]);
    expect(await advertised(off)).toBeUndefined();
    expect(await (await off.ask("partner-basic", await off.prove())).json()).toMatchObject({
      token_type: "Bearer",
    });
  });

  it("has its clients for DPoP among those that it comes with", () => {
    const flags = defaultClients
      .filter(({ id }) => id.startsWith("partner-dpop"))
      .map(({ dpopBoundAccessTokens, dpopNonceRequired }) => [
        dpopBoundAccessTokens,
        dpopNonceRequired,
      ]);

    expect(flags).toEqual([
      [true, undefined],
      [true, true],
    ]);
  });
});
