/** What a token is asked for; equal targets have equal keys. */
export interface TokenTarget {
  /** Canonical. */
  readonly scope: readonly string[];

  /** Resource indicators (RFC 8707), canonical. */
  readonly resources: readonly string[];

  /** Tells targets of one client apart. Neither a scope token nor a URI has white space. */
  readonly key: string;
}
