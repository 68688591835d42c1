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

  /** Names the credential, where tokens are bound to it. */
  readonly getCredentialVersion: (() => Promise<string>) | undefined;
  readonly requestTimeoutMs: number;
  readonly ports: { readonly clock: Clock; readonly sleep: Sleep; readonly random: Random };

  /** The platform's own: a store that hangs does so in real time, whatever clock a test has given. */
  readonly sleep: Sleep;

  /** Whether one caller may await what another has begun. */
  readonly sharesPromises: boolean;
  readonly report: (report: TokenReport) => void;
}

/** Makes the supply of one target. */
export type TokenSharing = (target: TokenTarget, request: RequestToken) => TokenSupply;

const storeTimeoutMs = 1000;
const leaseTtlMs = 4000;

/** Makes the function that gives each target its share of a store. */
export function createTokenSharing(options: TokenSharingOptions): TokenSharing {
  const { getThumbprint, getCredentialVersion } = options;
  const { store, getSecret, client, requestTimeoutMs, ports, sleep, sharesPromises, report } =
    options;
  const access = createStoreAccess({ sleep, timeoutMs: storeTimeoutMs, report });
  const seal = createEntrySeal(getSecret, bytes);

  return ({ scope, resources }, request) => {
    let made: { readonly version: string | undefined; readonly key: string } | undefined;

    /** The key stays until the credential is another one. That it could not be made is not remembered. */
    async function getKey(): Promise<string> {
      const version = await getCredentialVersion?.();
      if (made === undefined || made.version !== version) {
        const thumbprint = await getThumbprint?.();
        const bound = {
          ...(version !== undefined && { credentialVersion: version }),
          ...(thumbprint !== undefined && { proofKeyThumbprint: thumbprint }),
        };
        const fields = { ...client, ...bound, scope, resources };
        made = { version, key: await buildCacheKey(fields, { digest, bytes }) };
      }
      return made.key;
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
      sharesPromises,
      maxTurnMs: requestTimeoutMs + leaseTtlMs,
    });
  };
}
