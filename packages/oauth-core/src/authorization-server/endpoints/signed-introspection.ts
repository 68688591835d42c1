import type { HeaderList } from "../../http.ts";
import { headerValues } from "../../http.ts";
import { encodeJwsHeader, signCompactJws } from "../../jwt/compact-jws.ts";
import {
  formatIntrospectionJwtClaims,
  introspectionJwtMediaType,
  introspectionJwtType,
} from "../../jwt/introspection-jwt.ts";
import { parseAccept, qualityOf } from "../../protocol/accept.ts";
import type { IntrospectionResponse } from "../../protocol/introspection-response.ts";
import type { ClientRecord } from "../clients/client-record.ts";
import { permittedAlgorithm } from "../security-profile.ts";
import type { ServerContext } from "../server-context.ts";

/**
 * Tells whether a caller asks for a signed answer: it names the media type, and likes it no less than JSON.
 *
 * A range with a star does not ask for it, as clients send that who know nothing of it. A malformed field counts as none.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9701#section-4 | RFC 9701 section 4}
 */
export function asksForSignedAnswer(headers: HeaderList): boolean {
  const ranges = parseAccept(headerValues(headers, "accept").join(","));
  const named = ranges?.find(
    ({ range, hasParameters }) => range === introspectionJwtMediaType && !hasParameters,
  );
  if (ranges === undefined || named === undefined || named.quality === 0) return false;
  return named.quality >= qualityOf(ranges, "application/json");
}

/**
 * Signs an answer for its caller; `undefined` while no key of the wanted algorithm may sign.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9701#section-5 | RFC 9701 section 5}
 */
export async function signIntrospection(
  response: IntrospectionResponse,
  caller: ClientRecord,
  { policy, ports, keyRing }: Pick<ServerContext, "policy" | "ports" | "keyRing">,
): Promise<string | undefined> {
  const algorithm = permittedAlgorithm(caller.introspectionSignedResponseAlgorithm, policy);
  const signer = await keyRing.signer(algorithm);
  if (signer === undefined) return undefined;
  const { kid, key } = signer;
  const header = { alg: algorithm, kid, typ: introspectionJwtType };
  const claims = formatIntrospectionJwtClaims({
    issuer: policy.issuer,
    audience: [caller.id],
    issuedAt: Math.floor(ports.clock.now()),
    response,
  });
  return signCompactJws(
    { encodedHeader: encodeJwsHeader(header, ports.bytes), claims, key },
    ports,
  );
}
