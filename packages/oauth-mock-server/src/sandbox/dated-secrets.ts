import { ConfigurationError } from "@credicorp/oauth-core";
import type { ClientRegistration } from "@credicorp/oauth-core/authorization-server";

import type { SandboxClientConfiguration } from "../configuration/configuration.ts";

/** A secret with its instants, as the authorization server takes it. */
type DatedSecret = NonNullable<ClientRegistration["secrets"]>[number];

/**
 * Turns the seconds that secrets have into the instants at which they end, seen from `now` (epoch seconds).
 *
 * @throws {@link ConfigurationError} when a secret has both
 */
export function datedSecrets(
  { id, secrets }: Pick<SandboxClientConfiguration, "id" | "secrets">,
  now: number,
): readonly DatedSecret[] | undefined {
  return secrets?.map(({ expiresInSeconds, ...secret }, index) => {
    if (expiresInSeconds === undefined) return secret;
    const place = `clients[${JSON.stringify(id)}].secrets[${index}]`;
    if (secret.expiresAt !== undefined) {
      throw new ConfigurationError(
        "secrets",
        `${place} has expiresAt and expiresInSeconds: remove one of them`,
      );
    }
    if (!Number.isInteger(expiresInSeconds) || expiresInSeconds < 1) {
      throw new ConfigurationError(
        "secrets",
        `${place}.expiresInSeconds must be a whole number of at least 1`,
      );
    }
    return { ...secret, expiresAt: Math.floor(now) + expiresInSeconds };
  });
}

/** Returns the secrets themselves, as far as they are known, with the instants at which they end. */
export function knownSecrets(
  configuration: Pick<SandboxClientConfiguration, "id" | "secrets">,
  now: number,
): readonly (DatedSecret & { readonly secret: string })[] {
  return (datedSecrets(configuration, now) ?? []).flatMap(({ secret, ...dates }) =>
    secret === undefined ? [] : [{ secret, ...dates }],
  );
}
