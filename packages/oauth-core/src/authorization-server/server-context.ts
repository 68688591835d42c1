import type {
  Bytes,
  CertificateReader,
  Clock,
  Digest,
  HttpTransport,
  Random,
  RateLimiter,
  RecordStore,
  ReplayStore,
  RevocationFeed,
  Sleep,
} from "../ports.ts";
import type { SignatureEngine } from "../signature-engine.ts";
import type { DpopNonces } from "../dpop/dpop-nonces.ts";
import type { ServerRequest } from "../http.ts";
import type { AuditDecision } from "./audit-event.ts";
import type { AuditFailure, AuditListener } from "./audit-trail.ts";
import type { ClientKeySets } from "./clients/client-key-sets.ts";
import type { ImportClientKey } from "./clients/client-keys.ts";
import type { ClientRecord } from "./clients/client-record.ts";
import type { ServerPolicy } from "./configuration.ts";
import type { KeyRecord } from "./keys/key-record.ts";
import type { KeyRing } from "./keys/key-ring.ts";
import type { RevocationIndex } from "./tokens/revocation-index.ts";

/** All that an authorization server needs from outside. */
export interface AuthorizationServerPorts {
  readonly clock: Clock;
  readonly random: Random;

  /**
   * What the identifiers of requests are drawn from where `random` can be foretold, as in a test that repeats itself:
   * explanations are found by them. @defaultValue `random`
   */
  readonly requestRandom?: Pick<Random, "bytes"> | undefined;
  readonly bytes: Bytes;
  readonly digest: Digest;
  readonly signatureEngine: SignatureEngine;

  /** Needed by the client authentication methods of mutual TLS alone. */
  readonly certificateReader?: CertificateReader | undefined;
  readonly clients: RecordStore<ClientRecord>;
  readonly keys: RecordStore<KeyRecord>;
  readonly rateLimiter: RateLimiter;
  readonly revocationFeed: RevocationFeed;

  /** Remembers what may be used only once. When it cannot answer, requests fail: it is closed, not open. */
  readonly replayStore: ReplayStore;

  /**
   * Fetches the keys of clients, where the configuration has `clientKeySets`. It must check the address that it really
   * connects to, and refuse those that are not public.
   */
  readonly clientKeyTransport?: HttpTransport | undefined;

  /** Bounds the time that a store may take; absent: the adapters of the stores have to. */
  readonly sleep?: Sleep | undefined;

  /** The first subscriber to the server's `audit`. */
  readonly audit?: AuditListener | undefined;

  /** Hears once of each event that a subscriber could not take. */
  readonly onAuditFailure?: ((failure: AuditFailure) => unknown) | undefined;
}

/** What the endpoints share. */
export interface ServerContext {
  readonly policy: ServerPolicy;
  readonly ports: AuthorizationServerPorts;
  /** Tells subscribers what happened beside the decision of a request. */
  readonly reportAside: (decision: AuditDecision) => void;
  readonly keyRing: KeyRing;
  readonly importClientKey: ImportClientKey;

  /** Absent: no client may have its keys elsewhere. */
  readonly clientKeySets: ClientKeySets | undefined;
  readonly revocations: RevocationIndex;

  /** Makes an identifier that nobody can guess, for a token. */
  readonly newTokenId: () => string;

  /** Absent: the server binds no tokens to keys. */
  readonly dpopNonces: DpopNonces | undefined;
}

/** One request on its way through the server. */
export interface Exchange {
  readonly request: ServerRequest;
  readonly requestId: string;

  /** The path of the target, without the query: parameters count in the body alone (RFC 6749 section 2.3.1). */
  readonly path: string;

  /** When the request arrived, in seconds since the Unix epoch. */
  readonly receivedAt: number;
}
