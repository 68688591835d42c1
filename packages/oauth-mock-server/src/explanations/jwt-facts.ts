import { singleHeaderValue } from "@credicorp/oauth-core";
import type { ServerRequest } from "@credicorp/oauth-core";
import type { ServerPolicy } from "@credicorp/oauth-core/authorization-server";
import { parseCompactJws } from "@credicorp/oauth-core/jwt";
import type { JsonObject } from "@credicorp/oauth-core/protocol";
import { ownMember } from "@credicorp/oauth-core/protocol";
import { bytes } from "@credicorp/oauth-runtime";

import { readFormFields } from "../http/form-fields.ts";
import type { JwtFacts } from "./facts.ts";

/** The JWTs of a request, as far as they can be read; none of them has been verified. */
export function readJwts(
  request: Pick<ServerRequest, "headers" | "body">,
  policy: ServerPolicy,
): Readonly<Record<"assertion" | "proof" | "token", JwtFacts | undefined>> {
  const form = readFormFields(request) ?? [];
  const field = (name: string): string | undefined => form.find(([other]) => other === name)?.[1];
  return {
    assertion: readJwt(field("client_assertion"), policy),
    proof: readJwt(singleHeaderValue(request.headers, "dpop"), policy),
    token: readJwt(field("token"), policy),
  };
}

function readJwt(text: string | undefined, policy: ServerPolicy): JwtFacts | undefined {
  const jws = text === undefined ? undefined : parseCompactJws(text, bytes);
  if (jws?.ok !== true) return undefined;
  const { header, payload } = jws.value;
  return {
    issuedAt: date(payload, "iat"),
    notBefore: date(payload, "nbf"),
    expiresAt: date(payload, "exp"),
    // A name and nothing else: the header is written by whoever likes.
    algorithm: /^[A-Za-z0-9]{2,10}$/.test(header.alg) ? header.alg : undefined,
    hasKid: header.kid !== undefined,
    audience: audienceOf(payload, policy),
  };
}

function date(payload: JsonObject, name: string): number | undefined {
  const value = ownMember(payload, name);
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function audienceOf(payload: JsonObject, { issuer, paths }: ServerPolicy): JwtFacts["audience"] {
  const audience = ownMember(payload, "aud");
  if (audience === undefined) return "none";
  if (Array.isArray(audience)) return "several";
  if (audience === issuer) return "issuer";
  if (audience === `${issuer}/`) return "issuer_with_slash";
  return audience === new URL(issuer).origin + paths.token ? "token_endpoint" : "other";
}
