import {
  sharedLeaseContract,
  sharedRateLimiterContract,
  sharedRecordStoreContract,
  sharedReplayStoreContract,
  sharedRevocationFeedContract,
  sharedTokenStoreContract,
} from "@credicorp/oauth-core/testing";
import { setTimeout as sleep } from "node:timers/promises";

import { createFolderLog } from "./folder-log.mjs";

export const sharedContracts = {
  Lease: sharedLeaseContract,
  RateLimiter: sharedRateLimiterContract,
  RecordStore: sharedRecordStoreContract,
  ReplayStore: sharedReplayStoreContract,
  RevocationFeed: sharedRevocationFeedContract,
  TokenStore: sharedTokenStoreContract,
};

const now = () => Date.now() / 1000;

/** Adapters of all ports over one folder: the least with which processes can share state. */
export function createFolderSubject(root, options) {
  const log = createFolderLog(root, options);
  return {
    now,
    wait: (seconds) => sleep(seconds * 1000),
    replayStore: createReplayStore(log),
    rateLimiter: createRateLimiter(log),
    revocationFeed: createRevocationFeed(log),
    tokenStore: createTokenStore(log),
    lease: createLease(log),
    ...createRecordStore(log),
  };
}

/** Writes what `next` makes of the newest value, again until nobody came between; `undefined` leaves it. */
async function update(log, key, next) {
  for (;;) {
    const { number, value } = log.readHead(key);
    const change = next(value);
    if (change === undefined) return false;
    if (await log.write(key, number + 1, change)) return true;
  }
}

function createReplayStore(log) {
  return {
    putIfAbsent: (key, expiresAt) =>
      update(log, key, (held) => (held?.expiresAt > now() ? undefined : { expiresAt })),
  };
}

function createRecordStore(log) {
  const get = (id) => {
    const { number, value } = log.readHead(id);
    return value?.value === undefined ? undefined : { id, version: number, value: value.value };
  };
  return {
    get,
    list: () => {
      throw new Error("No shared case lists records");
    },
    compareAndSet: async (id, expectedVersion, value) => {
      const { number } = log.readHead(id);
      if ((get(id)?.version ?? 0) !== expectedVersion) return false;
      return log.write(id, number + 1, { value });
    },
  };
}

/** Each value is the moment at which the whole budget is there again. */
function createRateLimiter(log) {
  return {
    take: async (key, { limit, windowSeconds }, cost) => {
      const interval = windowSeconds / limit;
      let fullAt = now();
      const allowed = await update(log, key, (held) => {
        fullAt = Math.max(held ?? 0, now());
        if (fullAt + interval - now() > windowSeconds + interval / 2) return undefined;
        fullAt += interval * cost;
        return fullAt;
      });
      const resetAfterSeconds = fullAt - now();
      const remaining = Math.round((windowSeconds - resetAfterSeconds) / interval);
      return { allowed, remaining, resetAfterSeconds, retryAfterSeconds: allowed ? 0 : interval };
    },
  };
}

function createRevocationFeed(log) {
  const poll = (cursor) => {
    const news = log.read("feed", Number(cursor ?? 0));
    return {
      cursor: String(news.at(-1)?.number ?? cursor ?? 0),
      revocations: news.map(({ value }) => value),
    };
  };
  return {
    poll,
    append: async (revocation) => {
      await update(log, "feed", () => revocation);
    },
    subscribe: (listener) => {
      let cursor = String(log.readEnd("feed"));
      const timer = setInterval(() => {
        const news = poll(cursor);
        cursor = news.cursor;
        for (const revocation of news.revocations) listener(revocation);
      }, 20);
      return () => clearInterval(timer);
    },
  };
}

function createTokenStore(log) {
  const textOf = (held) => (held?.expiresAt > now() ? held.text : undefined);
  return {
    get: (key) => textOf(log.readHead(key).value),
    set: async (key, text, ttlSeconds) => {
      await update(log, key, () => ({ text, expiresAt: now() + ttlSeconds }));
    },
    delete: (key, text) =>
      update(log, key, (held) => (textOf(held) === text ? { expiresAt: 0 } : undefined)),
  };
}

function createLease(log) {
  const ownerOf = (held) => (held?.expiresAt > now() ? held.owner : undefined);
  const grant = (owner, ttlMs) => ({ owner, expiresAt: now() + ttlMs / 1000 });
  return {
    acquire: (key, owner, ttlMs) =>
      update(log, key, (held) =>
        (ownerOf(held) ?? owner) === owner ? grant(owner, ttlMs) : undefined,
      ),
    renew: (key, owner, ttlMs) =>
      update(log, key, (held) => (ownerOf(held) === owner ? grant(owner, ttlMs) : undefined)),
    release: (key, owner) =>
      update(log, key, (held) => (ownerOf(held) === owner ? { expiresAt: 0 } : undefined)),
  };
}
