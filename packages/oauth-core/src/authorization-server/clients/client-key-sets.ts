import { ConfigurationError } from "../../errors.ts";
import { clientAssertionAlgorithms } from "../../jwt/client-assertion.ts";
import type { KeyQuery } from "../../key-set/key-set-key.ts";
import type { SettledKeyLookup } from "../../key-set/key-set-machine.ts";
import type { KeySetOptions } from "../../key-set/key-set-options.ts";
import { defaultKeySetOptions } from "../../key-set/key-set-options.ts";
import { fetchKeySet } from "../../key-set/key-set-source.ts";
import type { RemoteKeySet, RemoteKeySetPorts } from "../../key-set/remote-key-set.ts";
import { createRemoteKeySet } from "../../key-set/remote-key-set.ts";
import type { Bytes, HttpTransport, MaybePromise } from "../../ports.ts";
import type { ClientKeySetPolicy } from "./client-key-set-policy.ts";
import { isAllowedKeySetUrl } from "./client-key-set-policy.ts";

/** The keys of all clients that have them elsewhere: one set for each address, made when it is first asked for. */
export interface ClientKeySets {
  /** Looks a key up; `not_allowed` for an address that the server must not ask, whatever a record says. */
  readonly lookUpKey: (
    jwksUri: string,
    query: KeyQuery,
  ) => MaybePromise<SettledKeyLookup | { readonly kind: "not_allowed" }>;
}

// Clients with an address are registered by the operator alone: more is a mistake, and must not cost more memory.
const maxSets = 1000;

/** Makes the sets. @throws {@link ConfigurationError} when there is nothing to fetch with. */
export function createClientKeySets(
  policy: ClientKeySetPolicy,
  ports: RemoteKeySetPorts & {
    readonly bytes: Bytes;
    readonly clientKeyTransport?: HttpTransport | undefined;
  },
): ClientKeySets {
  const { bytes, clientKeyTransport: transport } = ports;
  if (transport === undefined) {
    throw new ConfigurationError(
      "clientKeySets",
      "clientKeySets needs the port clientKeyTransport, which refuses addresses of the inner network",
    );
  }
  const { timeoutMs, maxLifetimeSeconds, maxStaleSeconds } = policy;
  const keySet: KeySetOptions = {
    ...defaultKeySetOptions,
    defaultLifetimeSeconds: Math.min(
      defaultKeySetOptions.defaultLifetimeSeconds,
      maxLifetimeSeconds,
    ),
    maxLifetimeSeconds,
    maxStaleSeconds,
  };
  const options = { keySet, algorithms: clientAssertionAlgorithms, ports };
  const sets = new Map<string, RemoteKeySet>();

  const setAt = (jwksUri: string): RemoteKeySet => {
    const set =
      sets.get(jwksUri) ??
      createRemoteKeySet(
        ({ signal }) => fetchKeySet(jwksUri, { signal, timeoutMs }, { transport, bytes }),
        options,
      );
    // Last used, last in line: the first in line has gone unused for longest.
    sets.delete(jwksUri);
    sets.set(jwksUri, set);
    const [oldest] = sets.keys();
    if (sets.size > maxSets && oldest !== undefined) sets.delete(oldest);
    return set;
  };

  return {
    lookUpKey: (jwksUri, query) =>
      isAllowedKeySetUrl(jwksUri, policy)
        ? setAt(jwksUri).lookUpKey(query)
        : { kind: "not_allowed" },
  };
}
