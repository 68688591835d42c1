import type { Result } from "../../result.ts";
import type { AuditDecision } from "../audit-event.ts";
import type { ServerContext } from "../server-context.ts";
import type {
  ClientSecretFailure,
  ClientSecretRotation,
  ClientSecretSummary,
  IssuedClientSecret,
} from "./client-secrets.ts";
import { describeClientSecret, revokeClientSecret, rotateClientSecret } from "./client-secrets.ts";

/** What operators do about the secrets of clients. */
export interface ClientSecretOperations {
  /** Lists the secrets of a client; `undefined` for a client that is unknown. */
  readonly clientSecrets: (clientId: string) => Promise<readonly ClientSecretSummary[] | undefined>;

  /**
   * Gives a client a new secret, which this answer alone holds; the older ones end after the overlap.
   *
   * @throws {@link ConfigurationError} for a rotation that is malformed
   */
  readonly rotateClientSecret: (
    clientId: string,
    rotation: ClientSecretRotation,
  ) => Promise<Result<IssuedClientSecret, ClientSecretFailure>>;

  /** Ends one secret of a client at once, by its id; the client's last one, too. Its tokens live on. */
  readonly revokeClientSecret: (
    clientId: string,
    secretId: string,
  ) => Promise<Result<ClientSecretSummary, ClientSecretFailure>>;
}

/** Makes the operations on the secrets of a server's clients; `report` is told what they have done. */
export function createClientSecretOperations(
  { ports }: Pick<ServerContext, "ports">,
  report: (decision: AuditDecision) => void,
): ClientSecretOperations {
  return {
    clientSecrets: async (clientId) =>
      (await ports.clients.get(clientId))?.value.secrets.map(describeClientSecret),
    rotateClientSecret: async (clientId, rotation) => {
      const rotated = await rotateClientSecret({ clientId, rotation }, ports);
      if (rotated.ok) {
        const { id: secretId, notBefore } = rotated.value;
        const { overlapSeconds } = rotation;
        report({ type: "client_secret_rotated", clientId, secretId, notBefore, overlapSeconds });
      }
      return rotated;
    },
    revokeClientSecret: async (clientId, secretId) => {
      const revoked = await revokeClientSecret({ clientId, secretId }, ports);
      if (revoked.ok) report({ type: "client_secret_revoked", clientId, secretId });
      return revoked;
    },
  };
}
