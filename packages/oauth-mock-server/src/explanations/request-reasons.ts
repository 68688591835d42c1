import type { RateLimit } from "@credicorp/oauth-core";

import type { Reasoning } from "./explanation.ts";
import type { Facts, Reason } from "./facts.ts";
import { formatList } from "./wording.ts";

/** Why a request was refused for its form, whoever sent it. */
export const requestReasons: Readonly<
  Record<
    | "insecure_transport"
    | "method_not_allowed"
    | "path_unknown"
    | "media_type"
    | "content_encoding"
    | "body_too_large"
    | "body_malformed"
    | "too_many_parameters"
    | "parameter_repeated"
    | "token_missing",
    Reason
  >
> = {
  insecure_transport: ({ entry }) => ({
    cause: `Credentials came over plain http from ${entry.request.address}, which is another machine`,
    remedy:
      "Use https; a proxy that ends TLS must be one of trustedProxies and send X-Forwarded-Proto",
    rfc: "RFC 6749 section 3.2",
  }),
  method_not_allowed: ({ entry }) => ({
    cause: `${entry.request.method} is not a method of this endpoint`,
    remedy: entry.endpoint === "jwks" || entry.endpoint === "metadata" ? "Use GET" : "Use POST",
    rfc: "RFC 6749 section 3.2",
  }),
  path_unknown: ({ entry, policy }) => {
    const namespace = /^\/ns\/([^/]+)\//.exec(entry.request.path)?.[1];
    const isOfAnother = namespace !== undefined && !policy.paths.token.startsWith("/ns/");
    return isOfAnother
      ? {
          cause: `There is no namespace ${namespace}: it was not made, or deleted, or nobody used it for long`,
          remedy: "Make it: POST /namespaces of the admin API",
          rfc: "RFC 8414 section 3",
        }
      : {
          cause: `There is nothing at ${entry.request.path}`,
          remedy: `Take the URLs from the metadata; the token endpoint is ${policy.paths.token}`,
          rfc: "RFC 8414 section 3",
        };
  },
  media_type: () => ({
    cause: "The body is not announced as a form: parameters as JSON, perhaps, or no Content-Type",
    remedy: "Send application/x-www-form-urlencoded, in UTF-8",
    rfc: "RFC 6749 section 4.4.2",
  }),
  content_encoding: () => ({
    cause: "The body is compressed",
    remedy: "Switch off the compression of requests for this endpoint",
    rfc: "RFC 9110 section 8.4",
  }),
  body_too_large: ({ policy }) => ({
    cause: `The body is longer than ${policy.maxBodyBytes} bytes`,
    remedy: "Send the parameters of the grant alone",
    rfc: "RFC 9110 section 15.5.14",
  }),
  body_malformed: () => ({
    cause:
      "The body is no form: it has a broken percent-encoding, or is not UTF-8; a % in a secret must be %25",
    remedy: "Form-encode each value (URLSearchParams does it)",
    rfc: "RFC 6749 appendix B",
  }),
  too_many_parameters: ({ policy }) => ({
    cause: `The body has more than ${policy.maxParameters} parameters`,
    remedy: "Send the parameters of the grant alone",
    rfc: "RFC 6749 section 3.2",
  }),
  parameter_repeated: ({ entry }) => ({
    cause: `A parameter is there more than once: ${formatList(repeatedNames(entry.request.form ?? []))}`,
    remedy: "Send each once; several scopes are one value, with spaces between them",
    rfc: "RFC 6749 section 3.2",
  }),
  token_missing: () => ({
    cause: "The token parameter is missing or empty, or too long to be a token",
    remedy: "Send the token itself, in the body",
    rfc: "RFC 7662 section 2.1",
  }),
};

/** Why a request was one too many. */
export const budgetReasons: Readonly<
  Record<"address_budget_spent" | "failure_budget_spent" | "client_budget_spent", Reason>
> = {
  address_budget_spent: ({ policy, entry }) => ({
    cause: `${describeLimit(policy.limits.address)} may come from one address, here ${entry.request.address}, whoever sends them`,
    remedy: "Wait for Retry-After; see what else sends from there",
    rfc: "RFC 6585 section 4",
  }),
  failure_budget_spent: ({ policy, history }) => {
    const { failures, windowSeconds } = history();
    return {
      cause: `Authentication failed ${failures} times in ${windowSeconds} s, and ${describeLimit(policy.limits.failedAuthentication)} may fail for one client id from one address`,
      remedy:
        "Wait for Retry-After, and correct the credentials first: retrying them does not help",
      rfc: "RFC 6749 section 2.3.1",
    };
  },
  client_budget_spent: (facts) => clientBudget(facts),
};

function clientBudget({ entry, client, policy, history }: Facts): Reasoning {
  const rfc = "RFC 6585 section 4";
  if (entry.endpoint !== "token") {
    const limit = policy.limits[entry.endpoint === "revocation" ? "revocation" : "introspection"];
    return {
      cause: `The client has spent its budget: ${describeLimit(limit)}`,
      remedy: "Wait for Retry-After; verify tokens by the keys (JWKS) in place of introspection",
      rfc,
    };
  }
  const lifetime = client?.accessTokenLifetimeSeconds ?? policy.accessTokenLifetimeSeconds;
  const { tokensIssued, windowSeconds } = history();
  return {
    cause: `${tokensIssued} tokens in ${windowSeconds} s, each valid ${lifetime} s: the client may ask for ${describeLimit(client?.tokenLimit ?? policy.limits.token)}`,
    remedy:
      "Cache it: keep the token until shortly before it expires, and share it among processes",
    rfc,
  };
}

function describeLimit(limit: RateLimit | null): string {
  return limit === null ? "any number" : `${limit.limit} in ${limit.windowSeconds} s`;
}

function repeatedNames(form: readonly (readonly [string, string])[]): readonly string[] {
  const names = form.map(([name]) => name);
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
