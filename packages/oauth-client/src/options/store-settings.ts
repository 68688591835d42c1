import type { MaybePromise } from "@credicorp/oauth-core";

import type { OAuthClientOptions } from "./client-options.ts";
import { checkText, listSecrets } from "./client-settings.ts";
import { refuseOption } from "./refuse-option.ts";

// 128 random bits in hexadecimal.
const minKeyLength = 32;

/**
 * Returns the function that gives the secret from which the key of shared entries is derived: `storeKey`, or the client
 * secret when there is exactly one.
 *
 * @throws {@link ConfigurationError} when there is neither, since processes could not read each other's entries.
 */
export function readStoreSecret({
  storeKey,
  clientSecret,
}: Pick<OAuthClientOptions, "storeKey" | "clientSecret">): () => MaybePromise<string> {
  if (storeKey !== undefined) {
    checkText("storeKey", storeKey);
    if (storeKey.length >= minKeyLength) return () => storeKey;
    refuseOption("storeKey", "is too short", {
      hint: `Give at least ${minKeyLength} random characters, the same in every process.`,
    });
  }
  const [secret, ...others] = clientSecret === undefined ? [] : listSecrets(clientSecret);
  if (secret === undefined || others.length > 0) {
    refuseOption("storeKey", "is missing", {
      hint: "Entries of the store are encrypted with the client secret where there is exactly one; here there is not.",
    });
  }
  return typeof secret === "string" ? () => secret : secret;
}
