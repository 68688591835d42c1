/** Where a client gets its tokens, and what it calls with them. */
export interface PeerServers {
  /** The origin of both, and the issuer; its metadata is where RFC 8414 says. */
  readonly origin: string;
  readonly tokenEndpoint: string;

  /** Answers a GET with 200 when the token is good, else with 401 and `error="invalid_token"`. */
  readonly apiUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A client of some library, as an application would hold it. */
export interface PeerClient {
  /** Sends an authorised GET to the API; resolves to the status. Rejects with what the library throws. */
  readonly call: () => Promise<number>;

  /** The token that the client holds, for libraries that hand it out. */
  readonly getToken?: () => Promise<unknown>;

  /** The names of the events that the client told so far. */
  readonly events?: () => readonly string[];
}

/** A library, set up to ask for as few tokens as its documentation knows how to. */
export interface Peer {
  /** How it was set up, for the document. */
  readonly setUp: string;
  readonly createClient: (servers: PeerServers) => PeerClient | Promise<PeerClient>;
}
