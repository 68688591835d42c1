import { createRemoteKeySet, defaultKeySetOptions } from "@credicorp/oauth-core/key-set";
import type { TrustedIssuer } from "@credicorp/oauth-core/resource-server";

import { followRevocations } from "./followed-revocations.ts";
import type { Introspection } from "./introspection/introspection.ts";
import { createIntrospection } from "./introspection/introspection.ts";
import { toIssuerError } from "./issuer-error.ts";
import type { CheckedIssuerOptions } from "./issuer-options.ts";
import { createKeySource } from "./key-source.ts";
import type { IssuerHealth } from "./verifier-health.ts";
import type { VerifierPorts } from "./verifier-options.ts";

/** An issuer with its keys and its revocations, which are kept up to date; it shares nothing with others. */
export interface FollowedIssuer {
  readonly trusted: TrustedIssuer;
  readonly introspection: Introspection | undefined;

  /** Loads keys and revocations, and finds where to ask. @throws an `OAuthError` when keys or endpoint cannot be had */
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
  const trusted = { policy, lookUpKey: keys.lookUpKey, checkRevocation: revocations?.check };
  const introspection =
    options.introspection &&
    createIntrospection({ ...trusted, introspection: options.introspection, timeoutMs }, ports);
  const loadKeys = async (): Promise<void> => {
    // Where the issuer's word is all that counts, it may have no keys.
    if (introspection?.needsKeys === false) return;
    const { phase, lastFailure } = await keys.load();
    if (phase === "empty" || phase === "dead")
      throw toIssuerError("The issuer's keys", lastFailure);
  };
  return {
    trusted,
    introspection,
    load: async () => {
      await Promise.all([loadKeys(), revocations?.load(), introspection?.load()]);
    },
    health: () => ({
      ...keys.health(),
      revocations: revocations?.health(),
      introspection: introspection?.health(),
    }),
    close: () => {
      keys.close();
      revocations?.close();
      introspection?.close();
    },
  };
}
