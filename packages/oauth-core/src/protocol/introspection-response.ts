/**
 * The answer of an introspection endpoint.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-2.2 | RFC 7662 section 2.2}
 * @module
 */

import type { ProtocolFailure, Result } from "../result.ts";
import { ok, protocolFailure } from "../result.ts";
import type { JsonObject } from "./json.ts";
import { isJsonObject, ownMember, ownText, ownTexts, parseJsonObject } from "./json.ts";
import { formatScope, parseGrantedScope } from "./scope.ts";

/** What is known of an active token; times are seconds since the Unix epoch. */
export interface ActiveToken {
  readonly active: true;
  readonly scope?: readonly string[] | undefined;
  readonly clientId?: string | undefined;
  readonly tokenType?: string | undefined;
  readonly expiresAt?: number | undefined;
  readonly issuedAt?: number | undefined;
  readonly notBefore?: number | undefined;
  readonly subject?: string | undefined;
  readonly audience?: readonly string[] | undefined;
  readonly issuer?: string | undefined;
  readonly jti?: string | undefined;

  /** The key that the token is bound to (RFC 7800). */
  readonly confirmation?: JsonObject | undefined;
}

/** An answer; of an inactive token nothing else is said. */
export type IntrospectionResponse = ActiveToken | { readonly active: false };

/** Why an answer is refused. */
export type IntrospectionFailure = ProtocolFailure<
  "introspection_not_json" | "introspection_active_invalid" | "introspection_member_invalid"
>;

const reference = "RFC 7662 section 2.2";

/** Writes the body of an answer. */
export function formatIntrospectionResponse(response: IntrospectionResponse): string {
  return JSON.stringify(introspectionMembers(response));
}

/** Returns the members of an answer, for a body or for a signed one; those that are `undefined` are not written. */
export function introspectionMembers(response: IntrospectionResponse): JsonObject {
  if (!response.active) return { active: false };
  const { audience } = response;
  return {
    active: true,
    scope: response.scope && formatScope(response.scope),
    client_id: response.clientId,
    token_type: response.tokenType,
    exp: response.expiresAt,
    iat: response.issuedAt,
    nbf: response.notBefore,
    sub: response.subject,
    aud: audience?.length === 1 ? audience[0] : audience,
    iss: response.issuer,
    jti: response.jti,
    cnf: response.confirmation,
  };
}

/** Reads the body of an answer, as {@link parseIntrospectionMembers} does. */
export function parseIntrospectionResponse(
  body: string,
): Result<IntrospectionResponse, IntrospectionFailure> {
  const members = parseJsonObject(body);
  if (members === undefined) {
    return protocolFailure("introspection_not_json", "The answer is not a JSON object", reference);
  }
  return parseIntrospectionMembers(members);
}

/**
 * Reads the members of an answer; `active` must be a boolean, and a member of the wrong type refuses the whole.
 *
 * Members that are not known are ignored, and so are empty texts.
 */
export function parseIntrospectionMembers(
  members: JsonObject,
): Result<IntrospectionResponse, IntrospectionFailure> {
  const active = ownMember(members, "active");
  if (typeof active !== "boolean") {
    return protocolFailure(
      "introspection_active_invalid",
      "The answer has no boolean active",
      reference,
    );
  }
  if (!active) return ok({ active: false });

  const scope = parseGrantedScope(ownMember(members, "scope"));
  const audience = readAudience(members);
  const confirmation = ownMember(members, "cnf");
  const times = ["exp", "iat", "nbf"].map((name) => ownMember(members, name));
  const texts = ["client_id", "token_type", "sub", "iss", "jti"].map((name) =>
    ownMember(members, name),
  );
  if (
    !scope.ok ||
    audience === "invalid" ||
    !times.every((time) => time === undefined || Number.isFinite(time)) ||
    !texts.every((text) => text === undefined || typeof text === "string") ||
    !(confirmation === undefined || isJsonObject(confirmation))
  ) {
    return protocolFailure(
      "introspection_member_invalid",
      "A member has the wrong type",
      reference,
    );
  }
  const [expiresAt, issuedAt, notBefore] = times as readonly (number | undefined)[];
  return ok({
    active: true,
    scope: scope.value,
    clientId: ownText(members, "client_id"),
    tokenType: ownText(members, "token_type"),
    expiresAt,
    issuedAt,
    notBefore,
    subject: ownText(members, "sub"),
    audience,
    issuer: ownText(members, "iss"),
    jti: ownText(members, "jti"),
    confirmation,
  });
}

function readAudience(members: JsonObject): readonly string[] | undefined | "invalid" {
  const value = ownMember(members, "aud");
  if (value === undefined) return undefined;
  if (typeof value === "string") return [value];
  return ownTexts(members, "aud") ?? "invalid";
}
