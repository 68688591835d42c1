import type { ExportedKeySet, KeySetHealth } from "@credicorp/oauth-core/key-set";
import {
  createRemoteKeySet,
  defaultKeySetOptions,
  shareByValue,
} from "@credicorp/oauth-core/key-set";
import type { TrustedIssuer } from "@credicorp/oauth-core/resource-server";

import { followRevocations } from "../revocations/followed-revocations.ts";
import type { Introspection } from "../introspection/introspection.ts";
import { createIntrospection } from "../introspection/introspection.ts";
import { toIssuerError } from "../discovery/issuer-error.ts";
import type { CheckedIssuerOptions } from "../options/issuer-options.ts";
import { createKeySource } from "./key-source.ts";
import type { IssuerHealth } from "./verifier-health.ts";
import type { Sharing } from "../options/sharing.ts";
import type { VerifierPorts } from "../options/verifier-ports.ts";
import type { CheckedReportOnly } from "../watching/candidate-policy.ts";
import type { InitialKeysOptions } from "../watching/exported-keys.ts";
import { unsealKeys } from "../watching/exported-keys.ts";
import { watchIssuer } from "../watching/issuer-watch.ts";
import type { VerifierEvents } from "../watching/verifier-events.ts";

/** An issuer with its keys and its revocations, which are kept up to date; it shares nothing with others. */
export interface FollowedIssuer {
  readonly trusted: TrustedIssuer;
  readonly introspection: Introspection | undefined;

  /** Loads keys and revocations, and finds where to ask. @throws an `OAuthError` when keys or endpoint cannot be had */
  readonly load: () => Promise<void>;
  readonly health: () => IssuerHealth;
  readonly keySetHealth: () => KeySetHealth;

  /** The issuer's clock less this one, in seconds, as its last `Date` says; `undefined`: there was none. */
  readonly issuerOffsetSeconds: () => number | undefined;

  /** Returns the keys that are served now; `undefined` when there are none. */
  readonly exportKeys: () => ExportedKeySet | undefined;
  readonly close: () => void;
}

/** Follows an issuer, on access; nothing is fetched before, unless there are initial keys, which are confirmed at once. */
export function followIssuer(
  options: CheckedIssuerOptions &
    CheckedReportOnly & {
      readonly timeoutMs: number;
      readonly initialKeys: InitialKeysOptions | undefined;
      readonly events: VerifierEvents;
      readonly sharing: Sharing;
    },
  ports: VerifierPorts,
): FollowedIssuer {
  const { policy, jwksUri, maxStaleSeconds, timeoutMs, initialKeys, events, sharing } = options;
  const { issuer, algorithms } = policy;
  const { bytes } = ports;
  const watch = watchIssuer(options, { events, ports });
  const { report, observe, issuerOffsetSeconds } = watch;
  const source = createKeySource({ issuer, jwksUri, timeoutMs, sharing }, watch.ports);
  const keySet = {
    ...defaultKeySetOptions,
    ...(maxStaleSeconds !== undefined && { maxStaleSeconds }),
  };
  const keys = createRemoteKeySet(source, {
    keySet,
    algorithms,
    ports,
    initialKeys: initialKeys && (async () => unsealKeys(initialKeys, { issuer, bytes })),
    report,
    ...(sharing === "value" && { share: (run) => shareByValue(run, ports) }),
  });
  const revocations =
    options.revocations && followRevocations({ ...options.revocations, timeoutMs }, ports, report);
  const trusted = {
    policy,
    lookUpKey: keys.lookUpKey,
    checkRevocation: revocations?.check,
    observe,
  };
  const introspection =
    options.introspection &&
    createIntrospection(
      { ...trusted, introspection: options.introspection, timeoutMs, report },
      watch.ports,
    );
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
      reportOnly: watch.trial(),
    }),
    keySetHealth: keys.health,
    issuerOffsetSeconds,
    exportKeys: () => keys.exportKeys(issuer),
    close: () => {
      keys.close();
      revocations?.close();
      introspection?.close();
    },
  };
}
