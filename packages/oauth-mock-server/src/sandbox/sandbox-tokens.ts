import type { Clock, RecordStore } from "@credicorp/oauth-core";
import type { KeyRecord } from "@credicorp/oauth-core/authorization-server";
import { signingKeyRecord } from "@credicorp/oauth-core/authorization-server";

import type { MemberNames } from "../configuration/known-members.ts";
import { checkMembers } from "../configuration/known-members.ts";
import type { TokenOptions } from "../tokens/issue-token.ts";
import type { SandboxGeneration } from "./sandbox-generation.ts";

/** What can be done about tokens without a request. */
export interface SandboxTokens {
  readonly issueToken: (options?: TokenOptions) => Promise<string>;

  /** Ends a token of this instance. @throws {@link ConfigurationError} for what is no token with an id and an end */
  readonly revokeToken: (token: string) => Promise<void>;

  /** Tells whether a token could be issued now: a key can sign. */
  readonly canIssue: () => Promise<boolean>;
}

const tokenMembers: MemberNames<Required<TokenOptions>> = {
  clientId: true,
  scope: true,
  audience: true,
  lifetimeSeconds: true,
  claims: true,
  header: true,
  issuer: true,
  malformed: true,
};

/** Makes the operations; what only tests need is loaded when it is first asked for. */
export function createSandboxTokens(sources: {
  readonly clock: Pick<Clock, "now">;
  readonly keys: RecordStore<KeyRecord>;
  /** The server and its state of this moment. */
  readonly current: () => SandboxGeneration;
}): SandboxTokens {
  const { clock, keys, current } = sources;
  return {
    issueToken: async (token = {}) => {
      checkMembers(token, tokenMembers, "");
      const { issueToken } = await import("../tokens/issue-token.ts");
      const { server, ports, chance } = current();
      const { random } = chance("tokens");
      const clients = ports.clients.list().map(({ value }) => value);
      return issueToken(token, { clock, keys, policy: server.policy, clients, random });
    },
    revokeToken: async (token) => {
      const { readTokenIdentity } = await import("../tokens/token-identity.ts");
      await current().ports.revocationFeed.append({ kind: "token", ...readTokenIdentity(token) });
    },
    canIssue: async () => {
      const { server } = current();
      const rows = (await keys.list()).map(({ value }) => value);
      const algorithm = server.policy.accessTokenAlgorithm;
      return signingKeyRecord(rows, { algorithm, now: clock.now() }) !== undefined;
    },
  };
}
