import { ConfigurationError, isOAuthError } from "@credicorp/oauth-core/errors";

import type { OAuthClientOptions } from "./client-options.ts";
import { readSettings } from "./client-settings.ts";

/** The environment variables that {@link clientOptionsFromEnv} reads. */
export interface ClientEnvironment {
  readonly [name: string]: string | undefined;
}

const variables: ReadonlyMap<string, string> = new Map([
  ["baseUrl", "CREDICORP_BASE_URL"],
  ["clientId", "CREDICORP_CLIENT_ID"],
  ["clientSecret", "CREDICORP_CLIENT_SECRET"],
  ["scope", "CREDICORP_SCOPE"],
]);

/**
 * Reads `CREDICORP_BASE_URL`, `CREDICORP_CLIENT_ID`, `CREDICORP_CLIENT_SECRET` and, optionally, `CREDICORP_SCOPE` with
 * white space between the tokens. White space around the URL and the id is dropped, and the secret is taken as it is.
 *
 * @throws {@link ConfigurationError} that names every variable that is missing or empty, or the first that is wrong.
 */
export function clientOptionsFromEnv(env: ClientEnvironment = process.env): OAuthClientOptions {
  const missing: string[] = [];
  const required = (name: string): string => {
    const value = env[name] ?? "";
    if (value.trim() === "") missing.push(name);
    return value;
  };
  const options = {
    baseUrl: required("CREDICORP_BASE_URL").trim(),
    clientId: required("CREDICORP_CLIENT_ID").trim(),
    clientSecret: required("CREDICORP_CLIENT_SECRET"),
  };
  if (missing.length > 0) {
    throw new ConfigurationError(
      missing.join(" "),
      `Missing environment ${missing.length === 1 ? "variable" : "variables"}: ${missing.join(", ")}`,
      { hint: "Set them in the environment of the process, or pass options to createOAuthClient." },
    );
  }
  const scope = (env["CREDICORP_SCOPE"] ?? "").split(/\s+/).filter((token) => token !== "");
  const found = scope.length === 0 ? options : { ...options, scope };
  checkOptions(found);
  return found;
}

/** Checks the options here, where it is known which variable each came from. */
function checkOptions(options: OAuthClientOptions): void {
  try {
    readSettings(options);
  } catch (error) {
    const variable =
      isOAuthError(error) && error.kind === "config" ? variables.get(error.option) : undefined;
    if (variable === undefined) throw error;
    const { message, hint, reference } = error as ConfigurationError;
    const ownHint = variable === "CREDICORP_SCOPE" ? "Put spaces between scope tokens." : hint;
    throw new ConfigurationError(variable, `The environment variable ${variable}: ${message}`, {
      ...(ownHint !== undefined && { hint: ownHint }),
      ...(reference !== undefined && { reference }),
    });
  }
}
