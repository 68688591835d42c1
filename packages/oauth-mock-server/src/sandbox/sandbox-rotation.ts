import { ConfigurationError } from "@credicorp/oauth-core";
import type {
  AuthorizationServer,
  ClientSecretFailure,
} from "@credicorp/oauth-core/authorization-server";

import { signatureAlgorithms } from "@credicorp/oauth-core/jwt";

import type { KnownSecrets } from "../secrets/known-secrets.ts";
import type { SandboxClients, SandboxClientStore } from "./sandbox-clients.ts";
import type { SandboxKeys, SandboxKeyStore } from "./sandbox-keys.ts";

/** What can be done about the keys and the secrets of a sandbox while it is in use. */
export interface SandboxRotation {
  readonly keys: Pick<SandboxKeys, "rotate" | "revoke" | "maintain">;
  readonly clients: Pick<SandboxClients, "rotateSecret" | "revokeSecret" | "secrets">;
}

/** Makes the operations of an operator, with the words of a test: what cannot be done is thrown. */
export function createSandboxRotation(parts: {
  /** The server of this moment. */
  readonly server: () => AuthorizationServer;
  readonly keys: SandboxKeyStore;
  readonly clients: SandboxClientStore;
  readonly secrets: Pick<KnownSecrets, "note">;

  /** What a reset replaces. */
  readonly state: () => unknown;
}): SandboxRotation {
  const { server, keys, clients, secrets, state } = parts;
  const find = async (kid: string): Promise<Awaited<ReturnType<SandboxKeys["rotate"]>>> => {
    const all = await keys.list();
    const key = all.find((other) => other.kid === kid);
    if (key !== undefined) return key;
    const known = all.map((other) => other.kid).join(", ");
    throw new ConfigurationError("keys", `There is no key ${kid}; there are: ${known}`);
  };

  return {
    keys: {
      rotate: async ({ algorithm, announceSeconds = 0 } = {}) => {
        if (algorithm !== undefined && !signatureAlgorithms.includes(algorithm)) {
          const rule = `algorithm must be one of ${signatureAlgorithms.join(", ")}`;
          throw new ConfigurationError("algorithm", rule);
        }
        return find((await server().rotateKey({ algorithm, announceSeconds })).kid);
      },
      revoke: async (kid) => {
        if ((await server().revokeKey(kid)) === undefined) await find(kid);
      },
      maintain: async () => {
        await server().maintainKeys();
      },
    },
    clients: {
      rotateSecret: async (id, rotation) => {
        clients.get(id);
        const options = { ...rotation, environment: "sandbox" };
        const before = state();
        const rotated = await server().rotateClientSecret(id, options);
        if (!rotated.ok) throw refused(id, rotated.failure);
        const { secret } = rotated.value;
        secrets.note(secret);
        // What a reset has undone meanwhile, nobody can use.
        if (rotation.notBefore === undefined && state() === before) {
          clients.remember({ ...clients.get(id), secret, secrets: undefined });
        }
        return rotated.value;
      },
      revokeSecret: async (id, secretId) => {
        clients.get(id);
        const revoked = await server().revokeClientSecret(id, secretId);
        if (!revoked.ok) throw refused(id, revoked.failure);
      },
      secrets: async (id) => {
        clients.get(id);
        return (await server().clientSecrets(id)) ?? [];
      },
    },
  };
}

const remedies: Readonly<Record<ClientSecretFailure, string>> = {
  client_unknown: "is not registered",
  client_without_secret: "does not authenticate by a secret",
  secret_unknown: "has no such secret: ask sandbox.clients.secrets for their ids",
  too_many_secrets: "has too many secrets: revoke one, or wait until one has expired",
};

function refused(id: string, failure: ClientSecretFailure): ConfigurationError {
  return new ConfigurationError("secrets", `The client ${id} ${remedies[failure]}`);
}
