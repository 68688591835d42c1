import type { ClientSecret } from "@credicorp/oauth-core/authorization-server";

import type { Reasoning } from "./explanation.ts";
import type { Facts, Reason } from "./facts.ts";
import type { SecretFinding } from "./secret-finding.ts";
import { formatList, formatMoment } from "./wording.ts";

const rfc = "RFC 6749 section 2.3.1";

/** Why a client was not believed that has a secret, or should have. */
export const secretReasons: Readonly<
  Record<
    | "credentials_conflicting"
    | "credentials_malformed"
    | "credentials_missing"
    | "client_id_mismatch"
    | "scheme_unsupported"
    | "method_unsupported"
    | "method_not_registered"
    | "client_unknown"
    | "client_disabled"
    | "client_public"
    | "secret_wrong"
    | "secret_expired"
    | "secret_not_yet_valid",
    Reason
  >
> = {
  credentials_conflicting: () => ({
    cause:
      "The request authenticates its client in more than one way, for example by an Authorization header and by client_secret",
    remedy: "Use one way alone: the one that the client is registered for",
    rfc: "RFC 6749 section 2.3",
  }),
  credentials_malformed: ({ entry, secret }) => {
    if (secret.kind === "in_white_space") return wrongSecret[secret.kind];
    const isBasic = entry.request.headers.some(([name]) => /^authorization$/i.test(name));
    return {
      cause: isBasic
        ? "The Authorization header cannot be read: it must be Basic, a space, and the base64 of id:secret, both form-encoded"
        : "The request has a secret or an assertion type, and not what belongs to it: client_id, or client_assertion",
      remedy: isBasic
        ? "Encode id and secret each as a form value, join them by a colon, and encode that in base64 without line breaks"
        : "Send client_id with client_secret, or client_assertion with its type",
      rfc,
    };
  },
  credentials_missing: ({ client }) => ({
    cause: "The request shows nothing that would prove a client",
    remedy:
      client === undefined
        ? "Send the credentials of the client, in the way that it is registered for"
        : `Authenticate the client by ${client.authenticationMethod}, as it is registered`,
    rfc: "RFC 6749 section 2.3",
  }),
  client_id_mismatch: () => ({
    cause:
      "The request names two clients: the client_id parameter differs from the one that the credentials name",
    remedy: "Leave client_id out of the body, or make it the same",
    rfc: "RFC 7521 section 4.2",
  }),
  scheme_unsupported: () => ({
    cause:
      "The Authorization header has another scheme than Basic: a token, perhaps, or a proxy's own",
    remedy: "Send Basic credentials here; Bearer and DPoP tokens are for the API",
    rfc: "RFC 6749 section 2.3.1",
  }),
  method_unsupported: () => ({
    cause: "The client_assertion_type is another than that of a JWT",
    remedy: "Send urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    rfc: "RFC 7523 section 2.2",
  }),
  method_not_registered: ({ client, policy }) => ({
    cause: `The client is registered for ${client?.authenticationMethod ?? "another method"}, and the request authenticates it in another way`,
    remedy: `Use ${client?.authenticationMethod ?? formatList(policy.clientAuthenticationMethods)}, or register the client for what your library does`,
    rfc: "RFC 7591 section 2",
  }),
  client_unknown: ({ secret, similarClientId }) => {
    if (secret.kind === "client_id") return swapped;
    return {
      cause:
        similarClientId === undefined
          ? "There is no client with the id that was sent"
          : `There is no client with the id that was sent; it is almost ${similarClientId}`,
      remedy:
        similarClientId === undefined
          ? "Check the id, and that this is the environment that it was made for"
          : `Send ${similarClientId}, if that is the client that is meant`,
      rfc: "RFC 6749 section 5.2",
    };
  },
  client_disabled: () => ({
    cause: "The client is suspended: whatever it sends is refused",
    remedy: "Ask for the client to be enabled again; in the sandbox, create it with enabled: true",
    rfc: "RFC 6749 section 5.2",
  }),
  client_public: () => ({
    cause:
      "The client is registered without a credential, and such a client gets no tokens by this grant",
    remedy: "Register the client with an authentication method",
    rfc: "RFC 6749 section 4.4",
  }),
  secret_wrong: ({ secret }) =>
    secret.kind === "own" ? wrongSecret.unlike_any : wrongSecret[secret.kind],
  secret_expired: (facts) => expired(facts),
  secret_not_yet_valid: ({ secret, now }) => ({
    cause: `This secret is not good yet: it will be ${momentOf(secret, "notBefore", now)}`,
    remedy: "Use the older secret until then, or check the clock of whoever made the switch",
    rfc,
  }),
};

const swapped: Reasoning = {
  cause: "The id and the secret are swapped: the secret that was sent is the id of a client",
  remedy: "Exchange the two: the id is the user name of Basic, or client_id",
  rfc,
};

const wrongSecret: Readonly<Record<Exclude<SecretFinding["kind"], "own">, Reasoning>> = {
  absent: {
    cause: "No secret came with the request",
    remedy: "Send the secret of the client; an environment variable may be empty",
    rfc,
  },
  unlike_any: {
    cause: "The secret is none of this client's",
    remedy: "Copy it again, or rotate it; a secret is shown once, when it is made",
    rfc,
  },
  not_encoded: {
    cause: "The secret contains + or % and was not form-encoded: the server reads a + as a space",
    remedy: "Form-encode id and secret before base64, or each value of the body (+ is %2B)",
    rfc,
  },
  encoded_twice: {
    cause: "The secret was form-encoded twice",
    remedy: "Encode it once: your library does it already",
    rfc,
  },
  in_white_space: {
    cause: "The secret has white space around it, such as the line break at the end of a file",
    remedy: "Trim the secret when you read it",
    rfc,
  },
  in_quotes: {
    cause: "The secret was sent with its quotation marks",
    remedy: "Take the quotation marks away, in the .env file for example",
    rfc,
  },
  of_another_client: {
    cause: "The secret is that of another client",
    remedy: "Send id and secret of the same client",
    rfc,
  },
  client_id: swapped,
};

function expired({ secret, client, now }: Facts): Reasoning {
  const isLive = ({ notBefore = 0, expiresAt = Infinity }: ClientSecret): boolean =>
    notBefore <= now && now < expiresAt;
  const live = (client?.secrets ?? []).filter(isLive).length;
  const others = ["there is no live one", "the other is live"][live] ?? `${live} others are live`;
  return {
    cause: `This secret expired ${momentOf(secret, "expiresAt", now)}; ${others}`,
    remedy:
      live === 0
        ? "Have a new secret made, and overlap the two next time"
        : "Use the live secret: some process still has the old one",
    rfc,
  };
}

function momentOf(finding: SecretFinding, date: "notBefore" | "expiresAt", now: number): string {
  const at = finding.kind === "own" ? finding.secret[date] : undefined;
  return at === undefined ? "at another time" : formatMoment(at, now);
}
