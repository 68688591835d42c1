/**
 * A page for each error code: what the code means, whoever got it and why. Nothing of a request is on it.
 *
 * @module
 */

import type { OAuthErrorCode } from "@credicorp/oauth-core/protocol";

interface ErrorPage {
  readonly meaning: string;
  readonly checks: readonly string[];
  readonly rfc: string;
}

const pages: Readonly<Record<OAuthErrorCode, ErrorPage>> = {
  invalid_request: {
    meaning:
      "The request is malformed: a parameter is missing, repeated or in conflict, or it is no form at all.",
    checks: [
      "POST, with Content-Type application/x-www-form-urlencoded.",
      "Each parameter once, in the body and not in the query.",
      "One way to authenticate, not two.",
      "https, from anywhere but this machine.",
    ],
    rfc: "RFC 6749 section 5.2",
  },
  invalid_client: {
    meaning: "The client was not authenticated. The answer is the same whatever the reason is.",
    checks: [
      "The client id and its secret belong together, and to this environment.",
      "The authentication method is the one that the client is registered for.",
      "Id and secret are form-encoded before base64 in a Basic header, and in the body: + is %2B.",
      "No white space, line break or quotation mark is around the secret.",
      "The secret has not expired, and the client is not suspended.",
      "An assertion is new, signed with the registered key, made for the issuer, and dated by a clock that is right.",
    ],
    rfc: "RFC 6749 section 2.3",
  },
  unauthorized_client: {
    meaning: "The client is known, and may not use this grant.",
    checks: [
      "A resource server introspects and gets no tokens.",
      "The grant is registered for the client.",
    ],
    rfc: "RFC 6749 section 5.2",
  },
  unsupported_grant_type: {
    meaning: "The server knows one grant: client_credentials.",
    checks: ["grant_type=client_credentials, spelled exactly so."],
    rfc: "RFC 6749 section 4.4.2",
  },
  unsupported_token_type: {
    meaning: "The server cannot revoke this type of token.",
    checks: ["Send an access token."],
    rfc: "RFC 7009 section 2.2.1",
  },
  invalid_scope: {
    meaning: "The scope is malformed, unknown, or more than the client may have.",
    checks: [
      "Scopes are separated by one space each.",
      "The metadata lists the scopes that there are.",
      "All scopes belong to the one resource that the token is for.",
    ],
    rfc: "RFC 6749 section 3.3",
  },
  invalid_target: {
    meaning: "The resource parameter names no resource of this server.",
    checks: ["The identifier of the resource, an absolute URI without a fragment."],
    rfc: "RFC 8707 section 2",
  },
  invalid_dpop_proof: {
    meaning: "The DPoP proof is missing, malformed, old, used before, or for another request.",
    checks: [
      "A new proof for each request and each retry.",
      "htm is POST, and htu is the URL of the endpoint as the metadata has it.",
      "The clock is right.",
    ],
    rfc: "RFC 9449 section 5",
  },
  use_dpop_nonce: {
    meaning: "The proof must repeat the nonce that came with this answer.",
    checks: [
      "Put the DPoP-Nonce field of the answer into the nonce claim of a new proof, and send again.",
    ],
    rfc: "RFC 9449 section 8",
  },
  temporarily_unavailable: {
    meaning: "Too many requests, or the server cannot decide at the moment.",
    checks: [
      "Wait for as long as Retry-After says.",
      "Keep each token until shortly before it expires: one serves any number of calls.",
    ],
    rfc: "RFC 6585 section 4",
  },
  server_error: {
    meaning: "The server failed. That is a bug, and not the fault of the request.",
    checks: ["Report the request id of the answer."],
    rfc: "RFC 9110 section 15.6.1",
  },
};

/** Returns the page about a code, as HTML; `undefined` where there is no such code. */
export function formatErrorPage(code: string): string | undefined {
  if (!Object.hasOwn(pages, code)) return undefined;
  const { meaning, checks, rfc } = pages[code as OAuthErrorCode];
  const items = checks.map((check) => `<li>${check}</li>`).join("\n");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${code}</title>
<style>body{font:1rem/1.5 system-ui;max-width:42rem;margin:3rem auto;padding:0 1rem}code{font-size:1.5rem}</style>
<h1><code>${code}</code></h1>
<p>${meaning}</p>
<h2>What to check</h2>
<ul>
${items}
</ul>
<p>Why a request of yours was refused is in its explanation: ask this sandbox for it with the
X-Request-Id of the answer, and the credentials of your client.</p>
<p>${rfc}</p>
</html>
`;
}
