import { createOAuthClient } from "@credicorp/oauth-client";
import { privateKeyJwt } from "@credicorp/oauth-client/private-key-jwt";
import type { IntrospectionOptions, Outcome, Verifier } from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";
import { describe, expect, it, onTestFinished } from "vitest";

import { apiScope, startOidcProvider } from "./oidc-provider-server.ts";
import { startSandboxServer } from "./sandbox-server.ts";

const resource = "https://api.example.com";
const partner = { id: "partner+1", secret: "p%2Bq+r:s /t=u&v%20w 0123456789ABCDEFabcdef" };
const api = { id: "api:server", secret: "a p%2Bi+s:e/c=r&e t 0123456789ABCDEFabcdef" };

function describeOutcome(outcome: Outcome): string {
  return outcome.kind === "ok" ? "ok" : `${outcome.kind}: ${outcome.detail.code}`;
}

async function obtainToken(
  baseUrl: string,
  { id, secret }: { readonly id: string; readonly secret: string },
  scope?: readonly string[],
) {
  const client = createOAuthClient({
    baseUrl,
    clientId: id,
    clientSecret: secret,
    ...(scope !== undefined && { scope }),
  });
  onTestFinished(() => client.close());
  const { value: token } = await client.getToken();
  return { token, client };
}

describe("introspection by our verifier at oidc-provider", () => {
  /** The provider with a partner and a resource server, a token of the partner, and our verifier. */
  async function setUp({
    audience = resource,
    signAs,
    ...introspection
  }: Partial<IntrospectionOptions> & { audience?: string | null; signAs?: "RS256" } = {}) {
    const server = await startOidcProvider({
      resource: audience === null ? undefined : resource,
      clients: [
        { client_id: partner.id, client_secret: partner.secret, scope: apiScope },
        {
          client_id: api.id,
          client_secret: api.secret,
          grant_types: [],
          ...(signAs !== undefined && { introspection_signed_response_alg: signAs }),
        },
      ],
    });
    const verifier = createVerifier({
      issuer: server.url,
      audience,
      introspection: { clientId: api.id, clientSecret: api.secret, ...introspection },
    });
    const obtained = await obtainToken(server.url, partner, apiScope.split(" "));
    return { ...server, ...obtained, verifier };
  }

  it("lets an opaque token in, as the provider tells of it, until it is revoked", async () => {
    const { url, token, client, verifier, requests } = await setUp({ maxAgeSeconds: 0 });

    expect(await verifier.verifyToken(token)).toMatchObject({
      kind: "ok",
      principal: {
        clientId: partner.id,
        subject: partner.id,
        scope: expect.arrayContaining(apiScope.split(" ")),
        claims: { issuer: url, audience: [resource], jti: undefined },
      },
    });
    await client.revoke(token);
    expect(describeOutcome(await verifier.verifyToken(token))).toBe("rejected: inactive");
    expect(describeOutcome(await verifier.verifyToken("no-such-token"))).toBe("rejected: inactive");
    expect(requests.filter((line) => line.includes("introspection"))).toHaveLength(3);
  });

  it("refuses a token for nobody unless every audience is accepted", async () => {
    const { url, token, verifier } = await setUp({ audience: null });
    const strict = createVerifier({
      issuer: url,
      audience: resource,
      introspection: { clientId: api.id, clientSecret: api.secret },
    });

    expect(describeOutcome(await verifier.verifyToken(token))).toBe("ok");
    expect(describeOutcome(await strict.verifyToken(token))).toBe("rejected: claims");
  });

  it("INT-13 believes its signed answers", async () => {
    const { token, verifier } = await setUp({ signedResponses: true, signAs: "RS256" });

    await verifier.ready();

    expect(describeOutcome(await verifier.verifyToken(token))).toBe("ok");
    expect(describeOutcome(await verifier.verifyToken("no-such-token"))).toBe("rejected: inactive");
  });

  it("ATK-52 takes a wrong secret for its own fault", async () => {
    const { token, verifier } = await setUp({ clientSecret: "wrong" });

    expect(describeOutcome(await verifier.verifyToken(token))).toBe(
      "unavailable: introspection_unavailable",
    );
    expect(verifier.health().introspection).toMatchObject({
      phase: "paused",
      lastFailure: "introspection_client_refused",
    });
  });
});

describe("introspection by our verifier at our sandbox", () => {
  async function setUp(introspection: Partial<IntrospectionOptions> = {}) {
    const server = await startSandboxServer();
    const { url, audience, basicClient, resourceServer } = server;
    const verifierWith = (options: Partial<IntrospectionOptions>): Verifier =>
      createVerifier({
        issuer: url,
        audience,
        introspection: {
          clientId: resourceServer.id,
          ...(options.authenticate === undefined && { clientSecret: resourceServer.secret }),
          ...options,
        },
      });
    const obtained = await obtainToken(url, basicClient);
    return { ...server, ...obtained, verifierWith, verifier: verifierWith(introspection) };
  }

  it.each([
    { name: "in place of the keys", introspection: {} },
    { name: "after the keys", introspection: { tokenFormat: "jwt" } },
    { name: "by signed answers", introspection: { signedResponses: true } },
  ] as const)("INT-13 lets a token in $name, until it is revoked", async ({ introspection }) => {
    const { token, client, verifier, basicClient } = await setUp({
      ...introspection,
      maxAgeSeconds: 0,
    });
    await verifier.ready();

    expect(await verifier.verifyToken(token)).toMatchObject({
      kind: "ok",
      principal: { clientId: basicClient.id, claims: { jti: expect.any(String) } },
    });
    await client.revoke(token);
    expect(describeOutcome(await verifier.verifyToken(token))).toBe("rejected: inactive");
  });

  it("lets a revoked token go on for a scope that is not named, and for no other", async () => {
    const { token, client, verifier } = await setUp({ scopes: ["applications:write"] });
    const verify = async (scope: string): Promise<string> => {
      const headers = [["Authorization", `Bearer ${token}`]] as const;
      const request = { method: "POST", url: "/", headers };
      return describeOutcome(await verifier.verifyRequest(request, { scope: [scope] }));
    };
    expect(await verify("applications:write")).toBe("ok");

    await client.revoke(token);

    expect(await verify("applications:write")).toBe("rejected: inactive");
    expect(await verify("decisions:read")).toBe("ok");
  });

  it("proves itself with a key, by the client's own way of making assertions", async () => {
    const { sandbox, url, verifierWith, token } = await setUp();
    const { privateJwk } = sandbox.clients.get("partner-private-key-jwt");
    if (privateJwk === undefined) throw new Error("the client has no key");
    const { d, ...publicJwk } = privateJwk;
    expect(d).toEqual(expect.any(String));
    await sandbox.clients.create({
      id: "api-with-key",
      tokenEndpointAuthMethod: "private_key_jwt",
      grantTypes: [],
      mayIntrospect: true,
      jwks: { keys: [publicJwk] },
    });
    const key = privateKeyJwt({ key: privateJwk });
    const verifier = verifierWith({
      clientId: "api-with-key",
      maxAgeSeconds: 0,
      authenticate: async (call) =>
        key.authenticate(
          { url: call.url, supportedMethods: ["private_key_jwt"] },
          {
            issuer: url,
            clientId: call.clientId,
            clock: { now: () => Date.now() / 1000 },
            random: { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) },
          },
        ),
    });

    // Each assertion is good once.
    for (let time = 0; time < 3; time += 1) {
      expect(describeOutcome(await verifier.verifyToken(token))).toBe("ok");
    }
  });

  it("ATK-52 asks once for 1,000 simultaneous requests over real sockets", async () => {
    const { token, verifier, sandbox, resourceServer } = await setUp();
    let introspections = 0;
    const unsubscribe = sandbox.audit.subscribe((event) => {
      if (event.type === "token_introspected" && event.clientId === resourceServer.id) {
        introspections += 1;
      }
    });
    onTestFinished(unsubscribe);

    const outcomes = await Promise.all(
      Array.from({ length: 1000 }, async () => verifier.verifyToken(token)),
    );

    expect(new Set(outcomes.map(describeOutcome))).toEqual(new Set(["ok"]));
    expect(introspections).toBe(1);
  });
});
