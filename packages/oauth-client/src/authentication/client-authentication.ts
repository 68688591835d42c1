import type { HeaderList, MaybePromise } from "@credicorp/oauth-core";
import type { ClientAuthenticationFields } from "@credicorp/oauth-core/protocol";

/** An endpoint that wants the client authenticated. */
export interface AuthenticatedEndpoint {
  readonly url: string;

  /** The methods that the metadata lists; `undefined` when it does not say. */
  readonly supportedMethods: readonly string[] | undefined;
}

/** What one request carries to prove the client. */
export interface AuthenticationMaterial {
  readonly headers: HeaderList;
  readonly fields: ClientAuthenticationFields;

  /** Texts that must not leave the client in an error, should a server repeat them. */
  readonly secrets: readonly string[];

  /** What to try when the server refuses the client. */
  readonly hint: string | undefined;
}

/** A way to prove oneself: a secret today, a key or a certificate as well. */
export interface ClientAuthentication {
  /** For the cache key: a registered method, or `auto`. */
  readonly method: string;

  /** Looks whether the credential has changed since it was last used; never rejects. */
  readonly hasChanged: () => Promise<boolean>;

  /** Makes the material for one attempt. */
  readonly authenticate: (endpoint: AuthenticatedEndpoint) => MaybePromise<AuthenticationMaterial>;
}
