/**
 * What a request shows to prove its client: at most one method, read before anything is looked up.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-2.3 | RFC 6749 section 2.3}
 * @module
 */

import type { ServerRequest } from "../../http.ts";
import { headerValues } from "../../http.ts";
import type { ClientAssertion } from "../../jwt/client-assertion.ts";
import { clientAssertionType, parseClientAssertion } from "../../jwt/client-assertion.ts";
import type { Bytes } from "../../ports.ts";
import { authorizationScheme, parseAuthorization } from "../../protocol/authorization-header.ts";
import { parseBasicCredentials } from "../../protocol/basic-credentials.ts";
import type { ClientAuthenticationFields } from "../../protocol/client-authentication-fields.ts";
import type { PresentedCertificate } from "../mutual-tls/verify-client-certificate.ts";
import { presentedCertificate } from "../mutual-tls/verify-client-certificate.ts";
import type { Refusal, RefusalReason } from "../refusal.ts";

/** Credentials that are there, but have not been checked. */
export interface PresentedCredentials {
  /** The id that the request claims. */
  readonly clientId: string | undefined;

  /** The method used; `none` when the request proves nothing; a reason when it cannot be read. */
  readonly method: "client_secret_basic" | "client_secret_post" | "private_key_jwt" | "none";

  /** Empty when there is none. */
  readonly clientSecret: string;
  readonly assertion?: ClientAssertion | undefined;

  /** The certificate of the connection, when the request names its client and shows nothing else. */
  readonly certificate?: PresentedCertificate | undefined;

  /** Why authentication is bound to fail; it fails as uniformly as it does for a wrong secret. */
  readonly fault?: RefusalReason | undefined;
}

/** Reads the credentials of a request; a refusal is about the request itself and says nothing about a client. */
export function readPresentedCredentials(
  { headers, peer }: Pick<ServerRequest, "headers" | "peer">,
  fields: ClientAuthenticationFields,
  bytes: Bytes,
): PresentedCredentials | Refusal {
  const authorizations = headerValues(headers, "authorization");
  const [authorization] = authorizations;
  const hasAssertion =
    fields.clientAssertion !== undefined || fields.clientAssertionType !== undefined;
  const methods =
    authorizations.length + Number(fields.clientSecret !== undefined) + Number(hasAssertion);
  if (methods > 1) {
    return invalidRequest(
      "credentials_conflicting",
      "More than one client authentication method is used",
    );
  }
  if (authorization !== undefined) return readBasic(authorization, fields);

  const { clientId, clientSecret } = fields;
  if (hasAssertion) return readAssertion(fields, bytes);
  if (clientSecret === undefined) {
    return {
      clientId,
      method: "none",
      clientSecret: "",
      certificate: clientId === undefined ? undefined : presentedCertificate(peer),
      fault: clientId === undefined ? "credentials_missing" : undefined,
    };
  }
  if (clientId === undefined) return faulty(clientId, "credentials_malformed");
  return { clientId, method: "client_secret_post", clientSecret };
}

/** Tells a refusal from credentials. */
export function isRefusal(value: PresentedCredentials | Refusal): value is Refusal {
  return "error" in value;
}

function readBasic(
  value: string,
  fields: ClientAuthenticationFields,
): PresentedCredentials | Refusal {
  if (authorizationScheme(value) !== "basic") return faulty(fields.clientId, "scheme_unsupported");
  const authorization = parseAuthorization(value);
  const basic = authorization.ok
    ? parseBasicCredentials(authorization.value.credentials)
    : undefined;
  if (basic === undefined || !basic.ok) return faulty(fields.clientId, "credentials_malformed");
  const { clientId, clientSecret } = basic.value;
  if (fields.clientId !== undefined && fields.clientId !== clientId) {
    return invalidRequest(
      "client_id_mismatch",
      "The client_id differs from that of the Authorization header",
    );
  }
  return { clientId, method: "client_secret_basic", clientSecret };
}

/** The client is the subject of its assertion; `client_id` may repeat it (RFC 7521 section 4.2). */
function readAssertion(fields: ClientAuthenticationFields, bytes: Bytes): PresentedCredentials {
  const { clientId, clientAssertion, clientAssertionType: type } = fields;
  if (type !== clientAssertionType) return faulty(clientId, "method_unsupported");
  if (clientAssertion === undefined) return faulty(clientId, "credentials_malformed");
  const assertion = parseClientAssertion(clientAssertion, bytes);
  if (!assertion.ok) return faulty(clientId, assertion.failure.code);
  const { subject } = assertion.value.claims;
  return {
    clientId: subject,
    method: "private_key_jwt",
    clientSecret: "",
    assertion: assertion.value,
    fault: clientId === undefined || clientId === subject ? undefined : "client_id_mismatch",
  };
}

function faulty(clientId: string | undefined, fault: RefusalReason): PresentedCredentials {
  return { clientId, method: "none", clientSecret: "", fault };
}

function invalidRequest(why: RefusalReason, description: string): Refusal {
  return { status: 400, error: "invalid_request", description, why };
}
