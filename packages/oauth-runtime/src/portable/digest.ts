import type { Digest } from "@credicorp/oauth-core";

/** SHA-256 by WebCrypto, in a promise. */
export const digest: Digest = {
  sha256: async (data) =>
    new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(data))),
  isEqual: (left, right) => {
    if (left.length !== right.length) return false;
    // No early exit: the time depends on the length alone.
    let difference = 0;
    for (let index = 0; index < left.length; index++) {
      difference |= (left[index] ?? 0) ^ (right[index] ?? 0);
    }
    return difference === 0;
  },
};
