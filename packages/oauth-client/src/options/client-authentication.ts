import type { Clock, HeaderList, MaybePromise, Random } from "@credicorp/oauth-core";
import type {
  ClientAuthenticationFields,
  ClientAuthenticationMethod,
} from "@credicorp/oauth-core/protocol";

/** An endpoint that wants the client authenticated. */
export interface AuthenticatedEndpoint {
  readonly url: string;

  /** The methods that the metadata lists; `undefined` when it does not say. */
  readonly supportedMethods: readonly string[] | undefined;

  /** The `alg` values that the metadata lists for signed assertions; `undefined` when it does not say. */
  readonly supportedAlgorithms?: readonly string[] | undefined;
}

/** Who proves itself, to whom, and what a proof is made of. */
export interface ClientIdentity {
  readonly issuer: string;
  readonly clientId: string;
  readonly clock: Pick<Clock, "now">;
  readonly random: Pick<Random, "bytes">;
}

/** What one request carries to prove the client. */
export interface AuthenticationMaterial {
  readonly headers: HeaderList;
  readonly fields: ClientAuthenticationFields;

  /** Texts that must not leave the client in an error, should a server repeat them. */
  readonly secrets: readonly string[];

  /** What to try when the server refuses the client. */
  readonly hint: string | undefined;

  /** Makes what to send instead after `invalid_client`: another credential, never another method. */
  readonly alternative?: (() => MaybePromise<AuthenticationMaterial>) | undefined;

  /** Is told that the server has taken the credential. */
  readonly onAccepted?: () => void;
}

/** What sends the requests of a client that is known by its connection. */
export interface AuthenticatedConnection {
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

  /** Ends the connections once what is in flight has ended. */
  readonly close: () => void;
}

/** A way to prove oneself: a secret, a key or a certificate. */
export interface ClientAuthentication {
  /** For the cache key: a registered method, or `auto`. */
  readonly method: ClientAuthenticationMethod | "auto";

  /** The option that it came from, for errors. */
  readonly option: "clientSecret" | "authentication";

  /** Connections that are part of the proof: for the authorization server, and for the API. */
  readonly connection?: AuthenticatedConnection;

  /** Names the credential for the key of a shared store, where tokens are bound to it; never a secret or its digest. */
  readonly credentialVersion?: () => Promise<string>;

  /** Looks whether the credential has changed since it was last used; never rejects. */
  readonly hasChanged: () => Promise<boolean>;

  /** Makes the material for one attempt. */
  readonly authenticate: (
    endpoint: AuthenticatedEndpoint,
    client: ClientIdentity,
  ) => MaybePromise<AuthenticationMaterial>;
}
