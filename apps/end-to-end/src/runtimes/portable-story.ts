import type { OAuthClient } from "@credicorp/oauth-client";
import { isOAuthError } from "@credicorp/oauth-client";
import { dpop } from "@credicorp/oauth-client/dpop";
import { privateKeyJwt } from "@credicorp/oauth-client/private-key-jwt";
import { serveGuardedApi } from "./guarded-api.ts";
import type { Place, ServedApi } from "./place.ts";
import { openStoryClient } from "./place.ts";
import type { PortableStep, State } from "./telling.ts";

const decision = "/partner/v1/decisions/42";

/** From a secret to a token, a verified request, an introspection, and the ways to be refused. */
export function portableStory(place: Place): readonly PortableStep[] {
  return Object.entries(steps).map(([name, tell]) => ({
    name,
    tell: async (state) => {
      const api = await serveGuardedApi(place);
      try {
        await tell(state, place, api);
      } finally {
        await api.close();
      }
    },
  }));
}

const steps: Readonly<
  Record<string, (state: State, place: Place, api: ServedApi) => Promise<void>>
> = {
  "a secret becomes a token": async (state, place, api) => {
    await using client = openStoryClient(place, api, { clientId: "partner-basic" });

    const token = await client.getToken();
    const again = await client.getToken();

    state("it is a JWT in three parts", token.value.split(".").length, 3);
    state("it is sent as Bearer", token.authorization.startsWith("Bearer "), true);
    const lifetimeSeconds = (token.expiresAt ?? 0) - Date.now() / 1000;
    state("it lives 900 s", lifetimeSeconds > 890 && lifetimeSeconds <= 901, true);
    state("asked again, the client has it still", again.value === token.value, true);
  },

  "a token opens the API": async (state, place, api) => {
    await using client = openStoryClient(place, api, {
      clientId: "partner-post",
      tokenEndpointAuthMethod: "client_secret_post",
    });

    const [first, ...others] = await Promise.all(
      Array.from({ length: 20 }, async () => read(client)),
    );
    const written = await client.fetch(decision, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ company: "Ashdown Bäckerei" }),
    });

    state("the API knows whose it is", first, { status: 200, client: "partner-post" });
    state("20 calls at once are let in", new Set(others.map(({ status }) => status)).size, 1);
    state(
      "a body arrives behind the guard",
      [written.status, await written.json()],
      [201, { received: { company: "Ashdown Bäckerei" } }],
    );
  },

  "a resource server asks": async (state, place, api) => {
    await using client = openStoryClient(place, api, { clientId: "partner-basic" });
    await using resourceServer = openStoryClient(place, api, { clientId: "partner-api" });
    const { value } = await client.getToken();

    const before = await resourceServer.introspect(value);
    const forged = await resourceServer.introspect(`${value.slice(0, -8)}AAAAAAAA`);
    await client.revoke(value);
    const after = await resourceServer.introspect(value);

    state("it is active, and whose it is", before.active && before.clientId, "partner-basic");
    state("a forged one is not", forged, { active: false });
    state("a revoked one is not", after, { active: false });
  },

  "what is not good is refused": async (state, place, api) => {
    await using client = openStoryClient(place, api, { clientId: "partner-read-only" });
    const { value } = await client.getToken();
    const [header = "", payload = "", signature = ""] = value.split(".");
    const flipped = `${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`;

    state("without a token", await refusal(api, undefined), [401, false]);
    state("a signature that was touched", await refusal(api, [header, payload, flipped]), [
      401,
      true,
    ]);
    state("no signature", await refusal(api, [header, payload, ""]), [401, true]);
    state(
      "alg none",
      await refusal(api, [btoa('{"alg":"none"}').replace(/=+$/, ""), payload, ""]),
      [401, true],
    );
    const written = await client.fetch(decision, { method: "POST", body: "{}" });
    state("a scope that it has not", written.status, 403);
  },

  "a wrong secret": async (state, place, api) => {
    const clientSecret = "planted-secret-that-is-not-the-right-one";
    await using client = openStoryClient(place, api, { clientId: "partner-basic", clientSecret });

    const error: unknown = await client.getToken().catch((thrown: unknown) => thrown);

    state(
      "is told plainly",
      isOAuthError(error) && error.kind === "oauth" && error.error,
      "invalid_client",
    );
    const said = isOAuthError(error) && [String(error), JSON.stringify(error), error.stack].join();
    state("is not in the error", said && said.includes(clientSecret), false);
  },

  private_key_jwt: async (state, place, api) => {
    const { privateJwk: key } = place.clientOf("partner-private-key-jwt");
    if (key === undefined) throw new Error("the sandbox has published no key");
    await using client = openStoryClient(place, api, {
      clientId: "partner-private-key-jwt",
      authentication: privateKeyJwt({ key }),
    });

    state("an assertion proves the client", (await read(client)).status, 200);
  },

  DPoP: async (state, place, api) => {
    for (const [clientId, generate] of [
      ["partner-dpop", "ES256"],
      ["partner-dpop-nonce", "Ed25519"],
    ] as const) {
      await using client = openStoryClient(place, api, { clientId, dpop: dpop({ generate }) });

      const { value, authorization } = await client.getToken();

      state(`${clientId} has a bound token`, authorization.startsWith("DPoP "), true);
      state("with proofs of its key it is let in", (await read(client)).status, 200);
      state("without its key it is worth nothing", await refusal(api, value.split(".")), [
        401,
        true,
      ]);
    }
  },
};

async function read(client: OAuthClient): Promise<{ status: number; client: unknown }> {
  const response = await client.fetch(decision);
  const body = (await response.json()) as { readonly client?: unknown };
  return { status: response.status, client: body.client };
}

/** Calls the API past any client; tells the status, and whether the challenge calls the token invalid. */
async function refusal(
  { origin, fetch: send = globalThis.fetch }: ServedApi,
  token: readonly string[] | undefined,
): Promise<[status: number, isInvalidToken: boolean]> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token.join(".")}` };
  const response = await send(`${origin}${decision}`, { headers });
  await response.body?.cancel();
  return [
    response.status,
    /error="invalid_token"/.test(response.headers.get("www-authenticate") ?? ""),
  ];
}
