/**
 * What the server decided, one event per decision, without secrets and tokens.
 *
 * @module
 */

import type { SignatureAlgorithm } from "../signature-engine.ts";
import type { OAuthErrorCode } from "../protocol/oauth-error.ts";
import type { VerificationFailureCode } from "../jwt/verify-access-token.ts";
import type { RefusalReason } from "./refusal.ts";

/** Why a token counts as inactive, or was not revoked. */
export type InactiveReason =
  | VerificationFailureCode
  | "caller_not_allowed"
  | "caller_not_audience"
  | "foreign_client";

/** What was decided. */
export type AuditDecision =
  | {
      readonly type: "token_issued";
      readonly clientId: string;
      readonly jti: string;
      readonly kid: string;
      readonly scope: readonly string[];
      readonly audience: readonly string[];
      readonly expiresAt: number;

      /** Thumbprint of the key that the token is bound to, if it is. */
      readonly jkt?: string | undefined;

      /** SHA-256 in base64url of the certificate that the token is bound to, if it is. */
      readonly certificateThumbprint?: string | undefined;
    }
  | {
      readonly type: "token_introspected";
      readonly clientId: string;
      readonly active: boolean;
      readonly jti?: string | undefined;
      readonly why?: InactiveReason | undefined;
    }
  | { readonly type: "token_revoked"; readonly clientId: string; readonly jti: string }
  | {
      readonly type: "revocation_ignored";
      readonly clientId: string;
      readonly jti?: string | undefined;
      readonly why: InactiveReason;
    }
  | {
      readonly type: "client_tokens_revoked";
      readonly clientId: string;
      readonly notBefore: number;
    }
  | {
      readonly type: "key_revoked";
      readonly kid: string;

      /** The key that was made to take over, if one was. */
      readonly successorKid?: string | undefined;
    }
  | {
      readonly type: "client_secret_rotated";
      readonly clientId: string;

      /** Of the new one. */
      readonly secretId: string;

      /** From when on the new one is good (epoch seconds); absent: at once. */
      readonly notBefore?: number | undefined;

      /** For how long the older ones stay good. */
      readonly overlapSeconds: number;
    }
  | {
      readonly type: "client_secret_revoked";
      readonly clientId: string;
      readonly secretId: string;
    }
  | {
      readonly type: "secret_use_not_recorded";
      readonly clientId: string;

      /** The store could be read and not written: the date of last use is behind, and the client was served. */
      readonly cause: unknown;
    }
  | {
      readonly type: "signing_key_rotated";
      readonly kid: string;
      readonly algorithm: SignatureAlgorithm;

      /** When it begins to sign, in seconds since the Unix epoch. */
      readonly signAt: number;
      readonly by: "command" | "schedule";
    }
  | {
      readonly type: "key_maintenance_failed";

      /** Most likely an outage of the store; it is tried again. */
      readonly cause: unknown;
    }
  | {
      readonly type: "request_refused";
      readonly status: number;
      readonly error: OAuthErrorCode | undefined;
      readonly why: RefusalReason;

      /** A client that is registered; what a stranger claims to be is not repeated. */
      readonly clientId?: string | undefined;

      /** The error behind `store_unavailable`: look at it, do not show it. */
      readonly cause?: unknown;
    }
  | {
      readonly type: "request_failed";

      /** The unexpected error, a bug of the server: look at it, do not show it. */
      readonly cause: unknown;
    };

/** A decision and the request that it answers. */
export type AuditEvent = AuditDecision & {
  /** Unguessable; the answer carries it as `X-Request-Id`. */
  readonly requestId: string;

  /** Seconds since the Unix epoch. */
  readonly at: number;

  /** IP address of the peer; empty when the decision answers no request. */
  readonly address: string;

  /** Path of the request, when it is one that the server knows. */
  readonly path?: string | undefined;
};
