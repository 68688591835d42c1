import { ConfigurationError } from "@credicorp/oauth-core";

/**
 * Refuses to be where the real server should be: the secrets and keys of a sandbox are public.
 *
 * `environment` is what `NODE_ENV` says.
 *
 * @throws {@link ConfigurationError} that says what to do
 */
export function refuseProduction(
  environment: string | undefined,
  { dangerouslyAllowProduction }: { readonly dangerouslyAllowProduction?: boolean | undefined },
): void {
  if (environment !== "production" || dangerouslyAllowProduction === true) return;
  throw new ConfigurationError(
    "dangerouslyAllowProduction",
    "NODE_ENV is production, and a sandbox gives tokens to everybody: use the real server, unset NODE_ENV, or set dangerouslyAllowProduction if this is no production at all",
  );
}
