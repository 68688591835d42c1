import { ConfigurationError } from "@credicorp/oauth-core";

import type { OAuthClientOptions } from "./client-options.ts";

/** The environment variables that {@link clientOptionsFromEnv} reads. */
export interface ClientEnvironment {
  readonly [name: string]: string | undefined;
}

/**
 * Reads `CREDICORP_BASE_URL`, `CREDICORP_CLIENT_ID`, `CREDICORP_CLIENT_SECRET` and, optionally, `CREDICORP_SCOPE` with
 * spaces between the tokens.
 *
 * @throws {@link ConfigurationError} that names every variable that is missing or empty.
 */
export function clientOptionsFromEnv(env: ClientEnvironment = process.env): OAuthClientOptions {
  const missing: string[] = [];
  const required = (name: string): string => {
    const value = env[name] ?? "";
    if (value.trim() === "") missing.push(name);
    return value;
  };
  const options = {
    baseUrl: required("CREDICORP_BASE_URL"),
    clientId: required("CREDICORP_CLIENT_ID"),
    clientSecret: required("CREDICORP_CLIENT_SECRET"),
  };
  if (missing.length > 0) {
    throw new ConfigurationError(
      missing.join(" "),
      `Missing environment ${missing.length === 1 ? "variable" : "variables"}: ${missing.join(", ")}`,
      { hint: "Set them in the environment of the process, or pass options to createOAuthClient." },
    );
  }
  const scope = (env["CREDICORP_SCOPE"] ?? "").split(" ").filter((token) => token !== "");
  return scope.length === 0 ? options : { ...options, scope };
}
