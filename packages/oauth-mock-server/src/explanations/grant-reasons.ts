import type { Facts, Reason } from "./facts.ts";
import { formatList } from "./wording.ts";

/** Why a client that is who it says gets no token. */
export const grantReasons: Readonly<
  Record<
    | "grant_type_missing"
    | "grant_type_unknown"
    | "grant_type_not_allowed"
    | "scope_malformed"
    | "scope_empty"
    | "scope_unknown"
    | "scope_not_allowed"
    | "scope_of_several_resources"
    | "resource_unknown"
    | "resource_malformed"
    | "signing_key_missing"
    | "store_unavailable",
    Reason
  >
> = {
  grant_type_missing: () => ({
    cause: "The grant_type parameter is missing or empty",
    remedy: "Send grant_type=client_credentials, in the body and not in the query",
    rfc: "RFC 6749 section 4.4.2",
  }),
  grant_type_unknown: () => ({
    cause: "The grant_type is another than client_credentials",
    remedy: "Send grant_type=client_credentials: this server has no users",
    rfc: "RFC 6749 section 4.4.2",
  }),
  grant_type_not_allowed: () => ({
    cause:
      "The client may not use the grant: it is a resource server, perhaps, which only introspects",
    remedy: "Use a client that is registered for client_credentials",
    rfc: "RFC 6749 section 5.2",
  }),
  scope_malformed: () => ({
    cause:
      "The scope is malformed: it has characters that no scope may have, or spaces where none belong",
    remedy: "Separate the scopes by one space each, without quotation marks or commas",
    rfc: "RFC 6749 section 3.3",
  }),
  scope_empty: () => ({
    cause: "No scope was asked for, and none of the client's own belongs to the resource",
    remedy: "Ask for a scope, or register one for the client",
    rfc: "RFC 6749 section 3.3",
  }),
  scope_unknown: (facts) => ({
    cause: `The scope has what no resource defines: ${formatList(asked(facts).filter((name) => !defined(facts).includes(name)))}`,
    remedy: `There are: ${formatList(defined(facts))}`,
    rfc: "RFC 6749 section 3.3",
  }),
  scope_not_allowed: (facts) => ({
    cause: `The client may not have: ${formatList(asked(facts).filter((name) => !own(facts).includes(name)))}`,
    remedy: `Ask for no more than it is registered for: ${formatList(own(facts))}`,
    rfc: "RFC 6749 section 3.3",
  }),
  scope_of_several_resources: () => ({
    cause: "No one resource defines all the scopes that were asked for",
    remedy: "Get one token for each resource, with its resource parameter and its scopes",
    rfc: "RFC 8707 section 2.2",
  }),
  resource_unknown: ({ policy }) => ({
    cause: "The resource parameter is that of no resource here",
    remedy: `There are: ${formatList(policy.resources.map(({ identifier }) => identifier))}`,
    rfc: "RFC 8707 section 2",
  }),
  resource_malformed: () => ({
    cause: "The resource parameter is no absolute URI without a fragment",
    remedy: "Send the identifier of the resource as it is, from https:// on",
    rfc: "RFC 8707 section 2",
  }),
  signing_key_missing: () => ({
    cause:
      "No key may sign at this moment: the next one is announced and not yet in use, or the clock was set back",
    remedy: "Wait for Retry-After; in the sandbox, rotate the key or reset the clock",
    rfc: "RFC 9110 section 15.6.4",
  }),
  store_unavailable: () => ({
    cause: "A store of the server failed or did not answer in time: nothing could be decided",
    remedy: "Wait for Retry-After, and send a new assertion or proof if there was one",
    rfc: "RFC 9110 section 15.6.4",
  }),
};

/** As it may be shown: what looks like a secret has been taken out. */
function asked({ entry }: Facts): readonly string[] {
  const scope = entry.request.form?.find(([name]) => name === "scope")?.[1] ?? "";
  return scope.split(" ").filter(Boolean);
}

function defined({ policy }: Facts): readonly string[] {
  return [...new Set(policy.resources.flatMap(({ scopes }) => scopes))];
}

function own({ client }: Facts): readonly string[] {
  return client?.scope ?? [];
}
