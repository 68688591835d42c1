import type { OAuthErrorDetails } from "@credicorp/oauth-core";
import { ConfigurationError } from "@credicorp/oauth-core/errors";

/** @throws {@link ConfigurationError} that says of an option what is wrong with it. */
export function refuseOption(option: string, fault: string, details?: OAuthErrorDetails): never {
  throw new ConfigurationError(option, `The option ${option} ${fault}`, details);
}
