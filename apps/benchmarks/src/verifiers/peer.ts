/** Where a verifier finds the keys of the tokens that it is given. */
export interface ObservedIssuer {
  /** The issuer; its metadata is where RFC 8414 says, and where OpenID Connect says. */
  readonly issuer: string;
  readonly jwksUri: string;
  readonly audience: string;
}

/** What became of a token. */
export type Verdict =
  | "accepted"
  /** The library throws: it is for its caller to tell a bad token from an outage. */
  | "refused"
  /** The library says that nobody can tell. */
  | "unavailable";

/** A verifier of some library, as a resource server would hold it. */
export interface PeerVerifier {
  /** Never rejects. */
  readonly verify: (token: string) => Promise<Verdict>;
}

/** A library, set up to ask for keys as seldom as its documentation knows how to. */
export interface VerifierPeer {
  /** How it was set up, for the document. */
  readonly setUp: string;
  readonly createVerifier: (issuer: ObservedIssuer) => PeerVerifier;
}
