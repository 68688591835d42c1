/** How many token requests some calls of the API made, and how many of the calls were answered with 200. */
export interface Count {
  readonly calls: number;
  readonly served: number;
  readonly tokenRequests: number;
}

/** What calls met while the token endpoint was down and the token that was held was good. */
export interface OutageFindings {
  readonly calls: number;
  readonly served: number;
  readonly unhandledRejections: number;
  readonly events: readonly string[];
}

/** What one library did. */
export interface Findings {
  /** 50 calls at once, with no token yet. */
  readonly cold: Count;

  /** 50 calls at once, whose token is revoked: answered at once, and over 400 ms. */
  readonly revokedTogether: Count;
  readonly revokedStaggered: Count;

  /** 10 calls in a row, with tokens of 30 s. */
  readonly shortLived: Count;

  /** 5 calls in a row, with tokens of which nobody says how long they live. */
  readonly unknownLifetime: Count & {
    /** Whether the same token is used a month later. */
    readonly keptForEver: boolean;
    readonly events: readonly string[];
  };

  /** The ways of writing errors in which the secret can be read. */
  readonly secretSeenIn: readonly string[];

  /** The token has 45 s left of 600, and 11 s left of 60. */
  readonly outage: readonly [OutageFindings, OutageFindings];
}
