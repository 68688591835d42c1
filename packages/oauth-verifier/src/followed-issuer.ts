import { AbortedError, NetworkError, ProtocolError, TimeoutError } from "@credicorp/oauth-core";
import type { ExportedKeySet, KeySetHealth } from "@credicorp/oauth-core/key-set";
import { createRemoteKeySet, defaultKeySetOptions } from "@credicorp/oauth-core/key-set";
import type { TrustedIssuer } from "@credicorp/oauth-core/resource-server";

import { followRevocations } from "./followed-revocations.ts";
import type { CheckedIssuerOptions } from "./issuer-options.ts";
import { createKeySource } from "./key-source.ts";
import type { IssuerHealth } from "./verifier-health.ts";
import type { VerifierPorts } from "./verifier-options.ts";
import type { CheckedReportOnly } from "./watching/candidate-policy.ts";
import type { InitialKeysOptions } from "./watching/exported-keys.ts";
import { unsealKeys } from "./watching/exported-keys.ts";
import { watchIssuer } from "./watching/issuer-watch.ts";
import type { VerifierEvents } from "./watching/verifier-events.ts";

/** An issuer with its keys and its revocations, which are kept up to date; it shares nothing with others. */
export interface FollowedIssuer {
  readonly trusted: TrustedIssuer;

  /** Loads keys and revocations. @throws an `OAuthError` when the keys cannot be had */
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
    },
  ports: VerifierPorts,
): FollowedIssuer {
  const { policy, jwksUri, maxStaleSeconds, timeoutMs, initialKeys, events } = options;
  const { issuer, algorithms } = policy;
  const { bytes } = ports;
  const watch = watchIssuer(options, { events, ports });
  const { report, observe, issuerOffsetSeconds } = watch;
  const source = createKeySource({ issuer, jwksUri, timeoutMs }, watch.ports);
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
  });
  const revocations =
    options.revocations && followRevocations({ ...options.revocations, timeoutMs }, ports, report);
  return {
    trusted: { policy, lookUpKey: keys.lookUpKey, checkRevocation: revocations?.check, observe },
    load: async () => {
      const [health] = await Promise.all([keys.load(), revocations?.load()]);
      if (health.phase === "empty" || health.phase === "dead") throw toError(health.lastFailure);
    },
    health: () => ({
      ...keys.health(),
      revocations: revocations?.health(),
      reportOnly: watch.trial(),
    }),
    keySetHealth: keys.health,
    issuerOffsetSeconds,
    exportKeys: () => keys.exportKeys(issuer),
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
