/**
 * The secret or the key of a client: made where none was given, and registered by its public half.
 *
 * @module
 */

import type { ClientRegistration } from "@credicorp/oauth-core/authorization-server";
import { makeClientSecret } from "@credicorp/oauth-core/authorization-server";
import type { PrivateJwk } from "@credicorp/oauth-core/protocol";
import { toPublicJwk } from "@credicorp/oauth-core/protocol";
import { bytes, digest } from "@credicorp/oauth-runtime";

import type { SandboxClientConfiguration } from "../configuration/configuration.ts";
import { checkClientNames } from "../configuration/known-members.ts";
import type { Chance } from "../seed/chance.ts";

/** Registers the public half of a private key, beside the keys that are registered anyway. */
export function withPublicKey(
  registration: ClientRegistration,
  privateJwk: PrivateJwk | undefined,
): ClientRegistration {
  if (privateJwk === undefined) return registration;
  // What a private key may do (`key_ops`) is not what its public half may.
  const { key_ops: _operations, ...jwk } = privateJwk;
  return {
    ...registration,
    jwks: { keys: [...(registration.jwks?.keys ?? []), toPublicJwk(jwk)] },
  };
}

/**
 * Makes the secret or the key that a client needs and was not given.
 *
 * @throws {@link ConfigurationError} for a member or a method that there is not
 */
export async function withCredential(
  configuration: SandboxClientConfiguration,
  { random, signatureEngine }: Chance,
): Promise<SandboxClientConfiguration> {
  checkClientNames(configuration);
  const { tokenEndpointAuthMethod, secret, secrets, jwks, jwksUri, privateJwk } = configuration;
  if (tokenEndpointAuthMethod === "private_key_jwt" && !jwks && !jwksUri && !privateJwk) {
    return {
      ...configuration,
      privateJwk: await makePrivateJwk(configuration.id, signatureEngine),
    };
  }
  const needsOne =
    tokenEndpointAuthMethod.startsWith("client_secret") && secret === undefined && !secrets?.length;
  if (!needsOne) return configuration;
  return {
    ...configuration,
    secret: await makeClientSecret("sandbox", { random, bytes, digest }),
  };
}

async function makePrivateJwk(
  id: string,
  signatureEngine: Chance["signatureEngine"],
): Promise<PrivateJwk> {
  const jwk = await signatureEngine.generateKeyPair("ES256");
  return { ...jwk, kid: `${id}-1`, use: "sig" };
}
