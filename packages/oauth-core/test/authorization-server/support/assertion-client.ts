import type { HeaderList } from "@credicorp/oauth-core";
import type {
  AuthorizationServerConfiguration,
  AuthorizationServerPorts,
  ClientRegistration,
} from "@credicorp/oauth-core/authorization-server";
import { clientAssertionType } from "@credicorp/oauth-core/jwt";

import type { TestKey } from "../../support/node-ports.ts";
import { createTestKey } from "../../support/node-ports.ts";
import type { TestResponse, TestServer } from "./test-server.ts";
import { createTestServer, issuer, paths } from "./test-server.ts";

export const grantType = { grant_type: "client_credentials" };
export const unlimited: Partial<AuthorizationServerConfiguration> = {
  limits: { token: null, address: null, failedAuthentication: null },
};

/** A server, and the client `signer` of it, which authenticates by assertions of `key`. */
export interface AssertionSetting {
  readonly server: TestServer;
  readonly key: TestKey;

  /** Makes an assertion that is good now, changed as told. */
  readonly assert: (claims?: object, header?: object) => string;
  readonly register: (registration: Partial<ClientRegistration>) => Promise<void>;

  /** Sends an assertion, to the token endpoint unless another is named. */
  readonly send: (assertion: string, options?: SendOptions) => Promise<TestResponse>;
}

export interface SendOptions {
  readonly path?: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: HeaderList;
  readonly address?: string;
}

export async function createAssertionSetting(
  configuration: Partial<AuthorizationServerConfiguration> = {},
  ports: Partial<AuthorizationServerPorts> = {},
): Promise<AssertionSetting> {
  const server = await createTestServer(configuration, ports);
  const key = createTestKey("key-1", "ES256");
  const register: AssertionSetting["register"] = (registration) =>
    server.register({
      id: "signer",
      tokenEndpointAuthMethod: "private_key_jwt",
      jwks: { keys: [key.jwk] },
      scope: ["decisions:read"],
      ...registration,
    });
  await register({});
  let count = 0;

  return {
    server,
    key,
    register,
    assert: (claims = {}, header = {}) => {
      count += 1;
      return key.sign(
        { ...goodClaims(server, `assertion-${count}`), ...claims },
        { typ: "JWT", ...header },
      );
    },
    send: (assertion, { path = paths.token, form = {}, headers = [], ...rest } = {}) =>
      server.post(
        path,
        {
          ...grantType,
          token: "x",
          client_assertion_type: clientAssertionType,
          client_assertion: assertion,
          ...form,
        },
        { headers, ...rest },
      ),
  };
}

function goodClaims({ clock }: Pick<TestServer, "clock">, jti: string): object {
  const now = Math.floor(clock.now());
  return { iss: "signer", sub: "signer", aud: issuer, exp: now + 60, iat: now, nbf: now, jti };
}
