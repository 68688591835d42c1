import type { HttpRequest, HttpTransport, TransportOptions } from "@credicorp/oauth-core";
import { failed, ok } from "@credicorp/oauth-core";
import type {
  AuthorizationServerConfiguration,
  ClientRegistration,
} from "@credicorp/oauth-core/authorization-server";
import { registerClient } from "@credicorp/oauth-core/authorization-server";
import { clientAssertionType } from "@credicorp/oauth-core/jwt";

import type { TestKey } from "../../support/node-ports.ts";
import { bytes } from "../../support/node-ports.ts";
import { grantType, unlimited } from "./assertion-client.ts";
import type { TestResponse, TestServer } from "./test-server.ts";
import { createTestServer, issuer, paths } from "./test-server.ts";

export const host = "keys.partner.example";
export const keysUrl = `https://${host}/jwks.json`;

/** A server whose clients publish their keys on a host, and that host as a transport. */
export interface KeyHostSetting {
  readonly server: TestServer;

  /** What each URL publishes; nothing is a host that does not answer. */
  readonly published: Map<string, readonly unknown[]>;
  readonly requests: { readonly request: HttpRequest; readonly options: TransportOptions }[];

  /** Registers a client with `jwksUri`, as the configuration of a server does. */
  readonly register: (
    id: string,
    jwksUri?: string,
    registration?: Partial<ClientRegistration>,
  ) => Promise<void>;

  /** Sends an assertion of a client that is good now, changed as told. */
  readonly ask: (id: string, key: TestKey, options?: AskOptions) => Promise<TestResponse>;

  /** Why the last request was refused. */
  readonly why: () => unknown;
}

export interface AskOptions {
  readonly claims?: object;
  readonly header?: object;
  readonly path?: string;
  readonly form?: Readonly<Record<string, string>>;
}

export async function createKeyHostSetting(
  configuration: Partial<AuthorizationServerConfiguration> = {},
): Promise<KeyHostSetting> {
  const published = new Map<string, readonly unknown[]>();
  const requests: KeyHostSetting["requests"] = [];
  const clientKeyTransport: HttpTransport = async (request, options) => {
    requests.push({ request, options });
    const keys = published.get(request.url);
    if (keys === undefined) return failed({ kind: "network" });
    return ok({ status: 200, headers: [], body: bytes.encodeUtf8(JSON.stringify({ keys })) });
  };
  const server = await createTestServer(
    { ...unlimited, clientKeySets: { allowedHosts: [host] }, ...configuration },
    { clientKeyTransport },
  );
  let count = 0;

  return {
    server,
    published,
    requests,
    register: async (id, jwksUri = keysUrl, registration = {}) => {
      const record = await registerClient(
        {
          id,
          tokenEndpointAuthMethod: "private_key_jwt",
          scope: ["decisions:read"],
          ...registration,
        },
        server.ports,
        { remoteKeys: { jwksUri, allowedHosts: [host] } },
      );
      await server.ports.clients.compareAndSet(id, 0, record);
    },
    ask: (id, key, { claims = {}, header = {}, path = paths.token, form = {} } = {}) => {
      count += 1;
      const exp = Math.floor(server.clock.now()) + 60;
      const good = { iss: id, sub: id, aud: issuer, exp, jti: `assertion-${count}` };
      const assertion = key.sign({ ...good, ...claims }, { typ: "JWT", ...header });
      const fields = { client_assertion_type: clientAssertionType, client_assertion: assertion };
      return server.post(path, { ...grantType, token: "x", ...fields, ...form }, { headers: [] });
    },
    why: () => {
      const event = server.events.at(-1);
      return event !== undefined && "why" in event ? event.why : undefined;
    },
  };
}
