import type {
  AbortedError,
  AnyOAuthError,
  ConfigurationError,
  HttpStatusError,
  NetworkError,
  OAuthResponseError,
  ProtocolError,
  TimeoutError,
} from "@credicorp/oauth-core";
import { isOAuthError } from "@credicorp/oauth-core";
import { expectTypeOf } from "vitest";

// A union of `any` would make every line below pass.
expectTypeOf<AnyOAuthError>().not.toBeAny();

expectTypeOf<AnyOAuthError["kind"]>().toEqualTypeOf<
  "oauth" | "http" | "network" | "timeout" | "aborted" | "protocol" | "config"
>();
expectTypeOf<AnyOAuthError["retryable"]>().toEqualTypeOf<boolean>();

/** A `switch` over `kind` narrows to one class, and is exhaustive without a default. */
export function describeByKind(error: AnyOAuthError): string {
  let text: string;
  switch (error.kind) {
    case "oauth":
      expectTypeOf(error).toEqualTypeOf<OAuthResponseError>();
      text = error.error;
      break;
    case "http":
      expectTypeOf(error).toEqualTypeOf<HttpStatusError>();
      text = String(error.status);
      break;
    case "network":
      expectTypeOf(error).toEqualTypeOf<NetworkError>();
      text = error.code;
      break;
    case "timeout":
      expectTypeOf(error).toEqualTypeOf<TimeoutError>();
      text = error.code;
      break;
    case "aborted":
      expectTypeOf(error).toEqualTypeOf<AbortedError>();
      text = error.code;
      break;
    case "protocol":
      expectTypeOf(error).toEqualTypeOf<ProtocolError>();
      text = error.failure;
      break;
    case "config":
      expectTypeOf(error).toEqualTypeOf<ConfigurationError>();
      text = error.option;
      break;
  }
  return text;
}

/** A `switch` over `code` narrows as well. */
export function optionOf(error: AnyOAuthError): string | undefined {
  if (error.code !== "ERR_OAUTH_CONFIG") return undefined;
  expectTypeOf(error).toEqualTypeOf<ConfigurationError>();
  return error.option;
}

/** A caught value becomes one of ours. */
export function kindOf(caught: unknown): AnyOAuthError["kind"] | undefined {
  if (!isOAuthError(caught)) return undefined;
  expectTypeOf(caught).toEqualTypeOf<AnyOAuthError>();
  return caught.kind;
}
