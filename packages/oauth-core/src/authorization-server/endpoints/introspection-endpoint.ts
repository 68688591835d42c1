import type { AccessTokenClaims } from "../../jwt/access-token-claims.ts";
import { introspectionJwtMediaType } from "../../jwt/introspection-jwt.ts";
import type { IntrospectionResponse } from "../../protocol/introspection-response.ts";
import { formatIntrospectionResponse } from "../../protocol/introspection-response.ts";
import type { ReceivedTokenManagementRequest } from "../../protocol/token-management-request.ts";
import { parseTokenManagementRequest } from "../../protocol/token-management-request.ts";
import type { Result } from "../../result.ts";
import { failed, ok } from "../../result.ts";
import type { AuditDecision, InactiveReason } from "../audit-event.ts";
import type { ClientRecord } from "../clients/client-record.ts";
import type { ServerPolicy } from "../configuration.ts";
import type { Refusal } from "../refusal.ts";
import type { ServerContext } from "../server-context.ts";
import { verifyOwnToken } from "../tokens/verify-own-token.ts";
import type { Caller, FormDecision, FormEndpoint } from "./form-endpoint.ts";
import { asksForSignedAnswer, signIntrospection } from "./signed-introspection.ts";
import { signingKeyMissing } from "./token-endpoint.ts";

/**
 * The introspection endpoint: a token that is not active here and now, for this caller, is just inactive.
 *
 * `token_type_hint` is read and ignored: there is one type of token. The answer is signed for callers that ask for it.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-2 | RFC 7662 section 2}
 */
export const introspectionEndpoint: FormEndpoint<ReceivedTokenManagementRequest> = {
  budget: "introspection",
  parse: parseTokenManagementRequest,
  decide: introspect,
};

async function introspect(
  request: ReceivedTokenManagementRequest,
  { client: caller, exchange }: Caller,
  context: ServerContext,
): Promise<Result<FormDecision, Refusal>> {
  if (!request.token.ok) return failed(tokenMissing);
  const { response, event } = await judge(request.token.value, caller, context);
  if (!asksForSignedAnswer(exchange.request.headers)) {
    return ok({ body: formatIntrospectionResponse(response), event });
  }
  const body = await signIntrospection(response, caller, context);
  if (body === undefined) return failed(signingKeyMissing);
  return ok({ body, mediaType: introspectionJwtMediaType, event });
}

/** What is said of a token, and what is recorded. */
interface Judgement {
  readonly response: IntrospectionResponse;
  readonly event: AuditDecision;
}

async function judge(
  token: string,
  caller: ClientRecord,
  context: ServerContext,
): Promise<Judgement> {
  const clientId = caller.id;
  const verified = await verifyOwnToken(token, context);
  if (!verified.ok) return inactive({ clientId, why: verified.failure });
  const claims = verified.value;
  const objection = objectionTo(caller, claims, context.policy);
  if (objection !== undefined) return inactive({ clientId, jti: claims.jti, why: objection });

  return {
    response: {
      active: true,
      scope: claims.scope.length > 0 ? claims.scope : undefined,
      clientId: claims.clientId,
      tokenType: claims.confirmation?.["jkt"] === undefined ? "Bearer" : "DPoP",
      expiresAt: claims.expiresAt,
      issuedAt: claims.issuedAt,
      notBefore: claims.notBefore,
      subject: claims.subject,
      audience: claims.audience,
      issuer: claims.issuer,
      jti: claims.jti,
      confirmation: claims.confirmation,
    },
    event: { type: "token_introspected", clientId, active: true, jti: claims.jti },
  };
}

/** Returns why a caller may not see a token; its own it may, others only as a resource server that they are for. */
function objectionTo(
  caller: ClientRecord,
  claims: AccessTokenClaims,
  policy: ServerPolicy,
): InactiveReason | undefined {
  if (claims.clientId === caller.id && policy.introspectOwnTokens) return undefined;
  if (!caller.mayIntrospect) return "caller_not_allowed";
  const audiences = caller.audiences ?? policy.resources.map(({ identifier }) => identifier);
  return claims.audience.some((name) => audiences.includes(name))
    ? undefined
    : "caller_not_audience";
}

function inactive(details: {
  readonly clientId: string;
  readonly jti?: string;
  readonly why: InactiveReason;
}): Judgement {
  return {
    response: { active: false },
    event: { type: "token_introspected", active: false, ...details },
  };
}

/** The refusal of a request about no token. */
export const tokenMissing: Refusal = {
  status: 400,
  error: "invalid_request",
  description: "The token parameter is missing",
  why: "token_missing",
};
