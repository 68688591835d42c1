import { createTokenSource } from "@credicorp/oauth-client/token-source";
import type { Sandbox } from "@credicorp/oauth-mock-server";
import type { Place } from "./place.ts";
import type { PortableStep } from "./telling.ts";

/** What the sandbox does beside the protocol, and the small client that Workers refuse. */
export function sandboxStory(sandbox: Sandbox, place: Place): readonly PortableStep[] {
  const { fetch: send = globalThis.fetch, issuer } = place;
  const { id, secret } = sandbox.clients.get("partner-basic");

  const askForToken = (clientSecret: string): Promise<Response> =>
    send(`${issuer}/partner/v1/oauth/token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${id}:${clientSecret}`)}` },
      body: new URLSearchParams({ grant_type: "client_credentials" }),
    });

  const admin = (path: string, init: RequestInit = {}): Promise<Response> =>
    send(`${issuer}/admin/v1${path}`, {
      ...init,
      headers: {
        authorization: `Bearer ${sandbox.adminToken}`,
        "content-type": "application/json",
      },
    });

  return [
    {
      name: "the token source of 6 kB",
      tell: async (state) => {
        const source = createTokenSource({
          tokenEndpoint: `${issuer}/partner/v1/oauth/token`,
          clientId: id,
          clientSecret: secret,
          ...(place.fetch && { fetch: place.fetch }),
        });

        state("has a token", (await source.getToken()).value.split(".").length, 3);
      },
    },
    {
      name: "the sandbox",
      tell: async (state) => {
        const before = sandbox.requests.count({ status: 503 });
        sandbox.faults.add({ fault: "server_error", times: 1, status: 503 });
        const failed = await askForToken(secret);
        const good = await askForToken(secret);
        const refused = await askForToken("wrong");

        state("goes wrong when it is told to, once", [failed.status, good.status], [503, 200]);
        state("counts it", sandbox.requests.count({ status: 503 }) - before, 1);
        const requestId = refused.headers.get("x-request-id") ?? "";
        const explanation = await sandbox.explanations.explain(requestId);
        state("explains a refusal", explanation?.requestId, requestId);
      },
    },
    {
      name: "the admin API",
      tell: async (state) => {
        const anonymous = await send(`${issuer}/admin/v1/clients`);
        const clients = await admin("/clients");
        const body = JSON.stringify({ by: "16m" });
        const advanced = await admin("/clock/advance", { method: "POST", body });

        state("is closed to others", anonymous.status, 401);
        state("lists clients", [clients.status, (await clients.text()).includes(id)], [200, true]);
        state("moves the clock", advanced.status, 200);
        await sandbox.reset();
      },
    },
  ];
}
