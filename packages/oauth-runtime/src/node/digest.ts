import { createHash, timingSafeEqual } from "node:crypto";

import type { Digest } from "@credicorp/oauth-core";

/** SHA-256 by `node:crypto`, at once. */
export const digest: Digest = {
  sha256: (data) => createHash("sha256").update(data).digest(),
  isEqual: (left, right) => left.length === right.length && timingSafeEqual(left, right),
};
