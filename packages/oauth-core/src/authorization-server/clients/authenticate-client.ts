/**
 * Client authentication: one answer for every way to fail, in comparable time.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5.2 | RFC 6749 section 5.2}
 * @module
 */

import type { ClientAssertion } from "../../jwt/client-assertion.ts";
import type { VersionedRecord } from "../../ports.ts";
import type { Result } from "../../result.ts";
import { failed, ok } from "../../result.ts";
import { isMutualTlsMethod } from "../mutual-tls/mutual-tls-policy.ts";
import { verifyClientCertificate } from "../mutual-tls/verify-client-certificate.ts";
import type { RefusalReason, Refusal } from "../refusal.ts";
import type { ServerContext } from "../server-context.ts";
import type { AssertionObjection } from "./assertion-key.ts";
import { assertionKeysUnavailable } from "./assertion-key.ts";
import type { ClientRecord, ClientSecret } from "./client-record.ts";
import { matchClientSecret } from "./client-secret.ts";
import { invalidClient } from "./invalid-client.ts";
import type { PresentedCredentials } from "./presented-credentials.ts";
import { verifyClientAssertion } from "./verify-client-assertion.ts";

/** A client that has proven who it is. */
export interface AuthenticatedClient {
  readonly row: VersionedRecord<ClientRecord>;

  /** The secret that proved it, if one did. */
  readonly secret?: ClientSecret | undefined;

  /** The assertion that proved it, if one did; it may have been used before. */
  readonly assertion?: ClientAssertion | undefined;
}

type Context = Pick<ServerContext, "policy" | "ports" | "importClientKey" | "clientKeySets">;

/** What a credential turned out to be: the secret that it matches, or why it proves nothing. */
interface Proof {
  readonly secret?: ClientSecret | undefined;
  readonly objection: AssertionObjection | undefined;
}

/**
 * Authenticates a client.
 *
 * Every request costs one look-up and the check of what it shows, whether or not the client exists: the digest of a
 * secret and at least one comparison, the signature of an assertion, or the reading of a certificate.
 */
export async function authenticateClient(
  presented: PresentedCredentials,
  context: Context,
): Promise<Result<AuthenticatedClient, Refusal>> {
  const { policy, ports } = context;
  const { clientId = "", method, assertion } = presented;
  const row = await ports.clients.get(clientId);
  // A certificate is a method only where nothing else is shown; elsewhere it is a property of the connection.
  const certificate = policy.mutualTls && presented.certificate;
  const proof: Proof =
    assertion === undefined
      ? await checkSecret(presented.clientSecret, row?.value, context)
      : { objection: await verifyClientAssertion(assertion, row?.value, context) };
  const certificateObjection =
    certificate && (await verifyClientCertificate(certificate, row?.value, context));

  const refuse = (why: RefusalReason): Result<never, Refusal> =>
    failed({ ...invalidClient(policy.issuer, why), clientId: row?.id });
  if (presented.fault !== undefined) return refuse(presented.fault);
  if (row === undefined) return refuse("client_unknown");
  const { enabled, authenticationMethod } = row.value;
  if (!enabled) return refuse("client_disabled");
  if (method === "none" && isMutualTlsMethod(authenticationMethod)) {
    const isSupported = policy.clientAuthenticationMethods.includes(authenticationMethod);
    if (!isSupported) return refuse("method_not_registered");
    if (certificate === undefined) return refuse("certificate_missing");
    return certificateObjection === undefined ? ok({ row }) : refuse(certificateObjection);
  }
  if (method === "none") {
    return refuse(authenticationMethod === "none" ? "client_public" : "credentials_missing");
  }
  const isSupported = policy.clientAuthenticationMethods.includes(method);
  if (!isSupported || authenticationMethod !== method) return refuse("method_not_registered");
  const { objection, secret } = proof;
  if (objection === undefined) return ok({ row, secret, assertion });
  const { why, outage } = objection;
  if (outage === undefined) return refuse(why);
  return failed({ ...assertionKeysUnavailable(outage), clientId: row.id });
}

async function checkSecret(
  clientSecret: string,
  client: ClientRecord | undefined,
  { ports }: Context,
): Promise<Proof> {
  const { bytes, clock, digest } = ports;
  const hash = await digest.sha256(bytes.encodeUtf8(clientSecret));
  const now = clock.now();
  const { verdict, secret } = matchClientSecret(hash, client?.secrets ?? [], {
    now,
    bytes,
    digest,
  });
  const why = secretObjections[verdict];
  return { secret, objection: why && { why } };
}

const secretObjections = {
  live: undefined,
  wrong: "secret_wrong",
  expired: "secret_expired",
  not_yet_valid: "secret_not_yet_valid",
} as const;
