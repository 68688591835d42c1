import type { HeaderList } from "@credicorp/oauth-core";
import type {
  AuthorizationServerConfiguration,
  AuthorizationServerPorts,
} from "@credicorp/oauth-core/authorization-server";
import type { DpopProofClaims } from "@credicorp/oauth-core/jwt";

import type { DpopKey } from "../../support/dpop-key.ts";
import { createDpopKey } from "../../support/dpop-key.ts";
import type { Form, TestResponse, TestServer } from "./test-server.ts";
import { basic, createTestServer, issuer, paths, secrets } from "./test-server.ts";

export const tokenUrl = issuer + paths.token;

/** A server that takes proofs, and a key whose proofs it gets. */
export interface DpopSetting {
  readonly server: TestServer;
  readonly key: DpopKey;

  /** Makes a proof that is good now, changed as told. */
  readonly prove: (changes?: Partial<DpopProofClaims>) => Promise<string>;

  /** Asks for a token with these DPoP fields, as the client `basic` unless another is named. */
  readonly ask: (proofs: string | readonly string[], options?: AskOptions) => Promise<TestResponse>;
}

export interface AskOptions {
  readonly client?: "basic" | "bound" | "nonce" | "other";
  readonly form?: Form;
  readonly headers?: HeaderList;
}

/** The clients `bound` and `nonce` get bound tokens only, and `nonce` must repeat nonces. */
export async function createDpopSetting(
  configuration: Partial<AuthorizationServerConfiguration> = {},
  ports: Partial<AuthorizationServerPorts> = {},
): Promise<DpopSetting> {
  const server = await createTestServer({ dpop: {}, ...configuration }, ports);
  const shared = {
    secret: secrets.basic,
    tokenEndpointAuthMethod: "client_secret_basic",
    scope: ["decisions:read"],
    dpopBoundAccessTokens: true,
  } as const;
  await server.register({ ...shared, id: "bound" });
  await server.register({ ...shared, id: "nonce", dpopNonceRequired: true });
  const key = await createDpopKey();
  let count = 0;

  return {
    server,
    key,
    prove: (changes = {}) => {
      count += 1;
      const issuedAt = Math.floor(server.clock.now());
      return key.prove({
        method: "POST",
        url: tokenUrl,
        issuedAt,
        jti: `proof-${count}`,
        ...changes,
      });
    },
    ask: (proofs, options = {}) => {
      const {
        client = "basic",
        form = { grant_type: "client_credentials" },
        headers = [],
      } = options;
      const secret = client === "other" ? secrets.other : secrets.basic;
      const fields = [proofs].flat().map((proof): [string, string] => ["DPoP", proof]);
      return server.post(paths.token, form, {
        headers: [basic(client, secret), ...fields, ...headers],
      });
    },
  };
}
