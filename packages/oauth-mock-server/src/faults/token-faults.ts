/**
 * Faults of the token itself. It is changed and signed again, so that nothing but the named thing is wrong with it.
 *
 * @module
 */

import type {
  Bytes,
  Clock,
  Random,
  RecordStore,
  ServerResponse,
  SignatureEngine,
  SigningKey,
} from "@credicorp/oauth-core";
import type { KeyRecord } from "@credicorp/oauth-core/authorization-server";
import type { CompactJws } from "@credicorp/oauth-core/jwt";
import { encodeJwsHeader, parseCompactJws, signCompactJws } from "@credicorp/oauth-core/jwt";
import type { JsonObject } from "@credicorp/oauth-core/protocol";
import { ownMember, ownText, parseJsonObject } from "@credicorp/oauth-core/protocol";

import type { Strangers } from "./strangers.ts";

/** What is wrong with a token. The answer that brings it says nothing of it, except of its scope. */
export type TokenFault =
  /** It expired `agoSeconds` (60) before it was issued, after a life of the usual length. */
  | { readonly fault: "expired_on_arrival"; readonly agoSeconds?: number | undefined }
  /** It names a key that does not exist; the signature is one of the sandbox. */
  | { readonly fault: "unknown_kid" }
  /** It names a key of the sandbox and was signed with a stranger's of the same kind. */
  | { readonly fault: "bad_signature" }
  /** Its `iss` is `issuer` (`https://issuer.invalid`). */
  | { readonly fault: "wrong_issuer"; readonly issuer?: string | undefined }
  /** Its `aud` is `audience` (`https://audience.invalid`). */
  | { readonly fault: "wrong_audience"; readonly audience?: string | undefined }
  /** It and the answer grant nothing but `grants`, as far as it was granted (the first scope of those that were). */
  | { readonly fault: "narrowed_scope"; readonly grants?: readonly string[] | undefined };

/** What tokens are changed with. */
export interface TokenFaultPorts {
  readonly keys: Pick<RecordStore<KeyRecord>, "get">;
  readonly clock: Pick<Clock, "now">;
  readonly random: Pick<Random, "bytes">;
  readonly bytes: Bytes;
  readonly signatureEngine: SignatureEngine;
  readonly strangers: Strangers;
}

const kidBytes = 32;

/** Changes the token in a token response; `undefined` when there is none, or nothing that could be taken away. */
export async function faultyToken(
  fault: TokenFault,
  response: ServerResponse,
  ports: TokenFaultPorts,
): Promise<ServerResponse | undefined> {
  if (response.status !== 200) return undefined;
  const members = parseJsonObject(response.body);
  const token = members && ownText(members, "access_token");
  const jws = token === undefined ? undefined : parseCompactJws(token, ports.bytes);
  if (members === undefined || !jws?.ok) return undefined;
  const signer = await findSigner(jws.value, ports);
  const claims = faultyClaims(fault, jws.value.payload, ports.clock.now());
  if (signer === undefined || claims === undefined) return undefined;

  const { kid, algorithm } = signer.record;
  const isForged = fault.fault === "bad_signature";
  const signed = await signCompactJws(
    {
      encodedHeader: encodeJwsHeader(
        {
          alg: algorithm,
          typ: jws.value.header.typ ?? "at+jwt",
          kid: fault.fault === "unknown_kid" ? unknownKid(ports) : kid,
        },
        ports.bytes,
      ),
      claims,
      key: isForged ? await ports.strangers.signingKey(algorithm) : signer.key,
    },
    ports,
  );
  const scope = fault.fault === "narrowed_scope" ? { scope: ownMember(claims, "scope") ?? "" } : {};
  return { ...response, body: JSON.stringify({ ...members, ...scope, access_token: signed }) };
}

/** Changes claims; `undefined` when the scope cannot be less than it is. */
function faultyClaims(fault: TokenFault, claims: JsonObject, now: number): JsonObject | undefined {
  switch (fault.fault) {
    case "unknown_kid":
    case "bad_signature":
      return claims;
    case "wrong_issuer":
      return { ...claims, iss: fault.issuer ?? "https://issuer.invalid" };
    case "wrong_audience":
      return { ...claims, aud: fault.audience ?? "https://audience.invalid" };
    case "expired_on_arrival": {
      const expiresAt = Math.floor(now) - (fault.agoSeconds ?? 60);
      const lifetimeSeconds = Number(claims["exp"]) - Number(claims["iat"]);
      return { ...claims, iat: expiresAt - lifetimeSeconds, exp: expiresAt };
    }
    case "narrowed_scope": {
      const granted = (ownText(claims, "scope") ?? "").split(" ").filter((token) => token !== "");
      const wanted = fault.grants ?? granted.slice(0, 1);
      const left = granted.filter((token) => wanted.includes(token));
      if (left.length === granted.length) return undefined;
      return { ...claims, scope: left.length === 0 ? undefined : left.join(" ") };
    }
  }
}

async function findSigner(
  { header }: CompactJws,
  { keys, signatureEngine }: TokenFaultPorts,
): Promise<{ readonly record: KeyRecord; readonly key: SigningKey } | undefined> {
  const row = await keys.get(header.kid ?? "");
  if (row === undefined) return undefined;
  const key = await signatureEngine.importSigningKey(row.value.jwk, row.value.algorithm);
  return key.ok ? { record: row.value, key: key.value } : undefined;
}

/** Looks like the others, which are thumbprints. */
function unknownKid({ random, bytes }: TokenFaultPorts): string {
  return bytes.encodeBase64url(random.bytes(kidBytes));
}
