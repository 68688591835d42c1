import type { Random } from "@credicorp/oauth-core";

/** The platform's cryptographically secure generator. */
export const random: Random = {
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  fraction: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
};
