import type { OAuthErrorDetails } from "@credicorp/oauth-core";
import { ConfigurationError } from "@credicorp/oauth-core";

/** The option that a key came from. */
export type KeyOption = "authentication" | "dpop";

/** Throws a {@link ConfigurationError} that says nothing of what the key holds. */
export type RefuseKey = (message: string, details?: OAuthErrorDetails) => never;

/** Makes the function that refuses the keys of an option. */
export function createKeyRefusal(option: KeyOption): RefuseKey {
  return (message, details) => {
    throw new ConfigurationError(option, message, details);
  };
}
