/**
 * The same code of a partner against the sandbox in process, by a global dispatcher, over Fastify and from the command:
 * it sees the same, call for call.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createOAuthClient } from "@credicorp/oauth-client";
import type { OAuthClient, OAuthClientOptions } from "@credicorp/oauth-client";
import { isOAuthError } from "@credicorp/oauth-core";
import type { HttpTransport } from "@credicorp/oauth-core";
import type { Sandbox } from "@credicorp/oauth-mock-server";
import { createSandbox, defaultClients } from "@credicorp/oauth-mock-server";
import { createSandboxDispatcher } from "@credicorp/oauth-mock-server/undici";
import { createFetchTransport } from "@credicorp/oauth-runtime";
import { Agent, getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { describe, expect, it, onTestFinished } from "vitest";
import { startGuardedApi } from "../support/guarded-api.ts";

const command = fileURLToPath(
  new URL("command/oauth-mock-server.js", import.meta.resolve("@credicorp/oauth-mock-server")),
);

/** Where a partner's code and the API find the authorization server. */
interface Reached {
  readonly issuer: string;

  /** Absent: by the network, as they do in production. */
  readonly transport?: HttpTransport;
}

async function createOne(): Promise<Sandbox> {
  const sandbox = await createSandbox({ additionalAlgorithms: [] });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

const ways: Readonly<Record<string, () => Promise<Reached>>> = {
  "in process": async () => {
    const { issuer, fetch } = await createOne();
    return { issuer, transport: createFetchTransport(fetch) };
  },
  "by a global dispatcher": async () => {
    const sandbox = await createOne();
    const otherwise = new Agent();
    const dispatcher = createSandboxDispatcher(sandbox, { otherwise });
    const before = getGlobalDispatcher();
    setGlobalDispatcher(dispatcher);
    onTestFinished(async () => {
      setGlobalDispatcher(before);
      await Promise.all([dispatcher.close(), otherwise.close()]);
    });
    return { issuer: sandbox.issuer };
  },
  "over Fastify": async () => {
    const sandbox = await createOne();
    return { issuer: (await sandbox.listen()).url };
  },
  "from the command": async () => {
    const child = spawn(process.execPath, [command, "--port", "0", "--quiet"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    return { issuer: (JSON.parse(line.toString()) as { readonly url: string }).url };
  },
};

/** Says in a few words what came of a call. */
async function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    if (!isOAuthError(error)) throw error;
    return { code: error.code, ...("error" in error && { error: error.error }) };
  }
}

/** What a partner's code does, and what it sees. */
async function rehearse({ issuer, transport }: Reached): Promise<Record<string, unknown>> {
  const verifier = transport && { ports: { transport } };
  const api = await startGuardedApi({ issuer, verifier: () => ({ ...verifier }) });
  let tokenRequests = 0;
  const connect = (clientId: string, options: Partial<OAuthClientOptions> = {}): OAuthClient => {
    const client = createOAuthClient({
      baseUrl: issuer,
      clientId,
      clientSecret: defaultClients.find(({ id }) => id === clientId)?.secret,
      allowedOrigins: [api],
      ...(transport && { transport }),
      ...options,
    } as OAuthClientOptions);
    onTestFinished(() => client.close());
    client.on("obtained", () => (tokenRequests += 1));
    return client;
  };
  const call = async (client: OAuthClient): Promise<number> =>
    (await client.fetch(`${api}/decisions`)).status;
  const partner = connect("partner-basic");
  const resourceServer = connect("partner-api");
  const limited = connect("partner-limited");

  const hundred = await Promise.all(Array.from({ length: 100 }, () => call(partner)));
  const requestsForHundred = tokenRequests;
  const token = await partner.getToken();
  const alive = await resourceServer.introspect(token.value);
  await partner.revoke(token.value);
  const revoked = await resourceServer.introspect(token.value);
  const throttled = [];
  for (const scope of [["decisions:read"], ["applications:write"], undefined]) {
    const view = limited.with({ ...(scope && { scope }), maxWaitMs: 500 });
    throttled.push(await outcomeOf(view.getToken().then(({ scope: granted }) => granted)));
  }
  return {
    hundred: [...new Set(hundred)],
    requestsForHundred,
    scope: token.scope,
    alive: { active: alive.active, clientId: "clientId" in alive && alive.clientId },
    revoked,
    throttled,
    wrongSecret: await outcomeOf(connect("partner-basic", { clientSecret: "wrong" }).getToken()),
    suspended: await outcomeOf(connect("partner-suspended").getToken()),
    tooMuch: await outcomeOf(
      connect("partner-read-only", { scope: ["applications:write"] }).getToken(),
    ),
    discovered: (await partner.discover()).tokenEndpoint?.replace(issuer, ""),
  };
}

describe("a partner's code against the sandbox", () => {
  it.each(Object.entries(ways))("TST-06 sees %s what it sees elsewhere", async (_name, reach) => {
    expect(await rehearse(await reach())).toEqual({
      hundred: [200],
      requestsForHundred: 1,
      scope: ["applications:write", "decisions:read"],
      alive: { active: true, clientId: "partner-basic" },
      revoked: { active: false },
      throttled: [
        ["decisions:read"],
        ["applications:write"],
        { code: "ERR_OAUTH_RESPONSE", error: "temporarily_unavailable" },
      ],
      wrongSecret: { code: "ERR_OAUTH_RESPONSE", error: "invalid_client" },
      suspended: { code: "ERR_OAUTH_RESPONSE", error: "invalid_client" },
      tooMuch: { code: "ERR_OAUTH_RESPONSE", error: "invalid_scope" },
      discovered: "/partner/v1/oauth/token",
    });
  });
});
