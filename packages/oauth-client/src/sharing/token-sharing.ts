/**
 * How processes share tokens. It is loaded for clients that have a store.
 *
 * @module
 */

import type { Clock, MaybePromise, Random, Sleep } from "@credicorp/oauth-core";
import type {
  CacheKeyFields,
  SharedTokenStore,
  TokenReport,
} from "@credicorp/oauth-core/token-cache";
import { buildCacheKey } from "@credicorp/oauth-core/token-cache";
import { bytes, digest } from "@credicorp/oauth-runtime";

import type { RequestToken, TokenSupply } from "../tokens/token-supply.ts";
import type { TokenTarget } from "../tokens/token-target.ts";
import { createEntrySeal } from "./entry-seal.ts";
import { createSharedEntry } from "./shared-entry.ts";
import { createSharedSupply } from "./shared-supply.ts";
import { createStoreAccess } from "./store-access.ts";
import { createTokenLease } from "./token-lease.ts";

/** What {@link createTokenSharing} needs. */
export interface TokenSharingOptions {
  readonly store: SharedTokenStore;

  /** Gives the secret from which the key of the entries is derived. */
  readonly getSecret: () => MaybePromise<string>;
  readonly client: Pick<CacheKeyFields, "issuer" | "clientId" | "authenticationMethod">;

  /** Gives the RFC 7638 thumbprint of the key that tokens are bound to. */
  readonly getThumbprint: (() => Promise<string>) | undefined;
  readonly requestTimeoutMs: number;
  readonly ports: { readonly clock: Clock; readonly sleep: Sleep; readonly random: Random };

  /** The platform's own: a store that hangs does so in real time, whatever clock a test has given. */
  readonly sleep: Sleep;
  readonly report: (report: TokenReport) => void;
}

/** Makes the supply of one target. */
export type TokenSharing = (target: TokenTarget, request: RequestToken) => TokenSupply;

const storeTimeoutMs = 1000;
const leaseTtlMs = 4000;

/** Makes the function that gives each target its share of a store. */
export function createTokenSharing(options: TokenSharingOptions): TokenSharing {
  const { store, getSecret, client, getThumbprint, requestTimeoutMs, ports, sleep, report } =
    options;
  const access = createStoreAccess({ sleep, timeoutMs: storeTimeoutMs, report });
  const seal = createEntrySeal(getSecret, bytes);

  return ({ scope, resources }, request) => {
    let key: Promise<string> | undefined;
    const getKey = async (): Promise<string> => (key ??= makeKey());
    async function makeKey(): Promise<string> {
      const thumbprint = await getThumbprint?.();
      const bound = thumbprint === undefined ? {} : { proofKeyThumbprint: thumbprint };
      return buildCacheKey({ ...client, ...bound, scope, resources }, { digest, bytes });
    }
    const entry = createSharedEntry({
      store,
      access,
      seal,
      getKey: async () => `token:${await getKey()}`,
      requestedScope: scope,
      clock: ports.clock,
      report,
    });
    const lease = createTokenLease({
      store,
      access,
      getKey: async () => `lease:${await getKey()}`,
      nameOwner: () => bytes.encodeBase64url(ports.random.bytes(16)),
      sleep,
      ttlMs: leaseTtlMs,
    });
    return createSharedSupply({
      request,
      entry,
      lease,
      ...ports,
      maxTurnMs: requestTimeoutMs + leaseTtlMs,
    });
  };
}
