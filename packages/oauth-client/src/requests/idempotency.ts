import type { Random } from "@credicorp/oauth-core";
import { formatIdempotencyKey, formatRandomUuid } from "@credicorp/oauth-core/protocol";

import type { ApiCall } from "./api-call.ts";

const name = "idempotency-key";

/** Gives a POST that has none a key of its own. A repetition is the same call, so it has the same key. */
export function withIdempotencyKey(call: ApiCall, random: Pick<Random, "bytes">): ApiCall {
  // A `fetch` takes the method in any case.
  if (call.method.toUpperCase() !== "POST") return call;
  if (name in call.headers) return call;
  const key = formatIdempotencyKey(formatRandomUuid(random.bytes(16)));
  return { ...call, headers: { ...call.headers, [name]: key } };
}
