import { AbortedError, NetworkError, ProtocolError, TimeoutError } from "@credicorp/oauth-core";
import { createRemoteKeySet, defaultKeySetOptions } from "@credicorp/oauth-core/key-set";
import type { TrustedIssuer } from "@credicorp/oauth-core/resource-server";

import { followRevocations } from "./followed-revocations.ts";
import type { CheckedIssuerOptions } from "./issuer-options.ts";
import { createKeySource } from "./key-source.ts";
import type { IssuerHealth } from "./verifier-health.ts";
import type { VerifierPorts } from "./verifier-options.ts";

/** An issuer with its keys and its revocations, which are kept up to date; it shares nothing with others. */
export interface FollowedIssuer {
  readonly trusted: TrustedIssuer;

  /** Loads keys and revocations. @throws an `OAuthError` when the keys cannot be had */
  readonly load: () => Promise<void>;
  readonly health: () => IssuerHealth;
  readonly close: () => void;
}

/** Follows an issuer, on access; nothing is fetched before. */
export function followIssuer(
  options: CheckedIssuerOptions & { readonly timeoutMs: number },
  ports: VerifierPorts,
): FollowedIssuer {
  const { policy, jwksUri, maxStaleSeconds, timeoutMs } = options;
  const source = createKeySource({ issuer: policy.issuer, jwksUri, timeoutMs }, ports);
  const keySet = {
    ...defaultKeySetOptions,
    ...(maxStaleSeconds !== undefined && { maxStaleSeconds }),
  };
  const keys = createRemoteKeySet(source, { keySet, algorithms: policy.algorithms, ports });
  const revocations =
    options.revocations && followRevocations({ ...options.revocations, timeoutMs }, ports);
  return {
    trusted: { policy, lookUpKey: keys.lookUpKey, checkRevocation: revocations?.check },
    load: async () => {
      const [health] = await Promise.all([keys.load(), revocations?.load()]);
      if (health.phase === "empty" || health.phase === "dead") throw toError(health.lastFailure);
    },
    health: () => ({ ...keys.health(), revocations: revocations?.health() }),
    close: () => {
      keys.close();
      revocations?.close();
    },
  };
}

function toError(code = "aborted"): NetworkError | TimeoutError | AbortedError | ProtocolError {
  const message = `The issuer's keys cannot be had: ${code}`;
  switch (code) {
    case "network":
      return new NetworkError(message);
    case "timeout":
      return new TimeoutError(message);
    case "aborted":
      return new AbortedError(message);
    default:
      return new ProtocolError(code, message, { reference: "RFC 9068 section 4" });
  }
}
