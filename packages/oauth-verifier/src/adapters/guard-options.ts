import type { RejectedOutcome, UnavailableOutcome } from "@credicorp/oauth-core/resource-server";

/** How guards tell of what they refuse; `Context` is what the framework has of a request. */
export interface RefusalOptions<Context> {
  /** Is told why a request was refused, for the log; the caller is not. */
  readonly onRefusal?:
    | ((outcome: RejectedOutcome | UnavailableOutcome, context: Context) => void)
    | undefined;
}

/** How guards see a connection; `Context` is what the framework has of a request. */
export interface ConnectionOptions<Context> {
  /**
   * Reads the DER bytes of the certificate that the client connected with; asked only for tokens that are bound to one.
   * Where a proxy ends TLS, take it from what that proxy says, and make sure that nobody else can say it.
   *
   * @defaultValue that of the request's own TLS connection on Node; a standard `Request` tells of none
   */
  readonly clientCertificate?: ((context: Context) => Uint8Array | undefined) | undefined;
}
