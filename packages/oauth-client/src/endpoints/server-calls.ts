import type { IntrospectionResponse, ServerMetadata } from "@credicorp/oauth-core/protocol";

/** Stops one request. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** What a client asks the authorization server beside tokens. */
export interface ServerCalls {
  /** Asks the server what it knows of a token (RFC 7662). */
  readonly introspect: (token: string, options?: CallOptions) => Promise<IntrospectionResponse>;

  /** Revokes a token (RFC 7009), and forgets it if it is one of this client's. */
  readonly revoke: (token: string, options?: CallOptions) => Promise<void>;

  /** Returns the metadata of the authorization server, kept for an hour. */
  readonly discover: () => Promise<ServerMetadata>;
}
