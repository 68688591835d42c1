import type { Clock, Random, RecordStore, SigningKey } from "@credicorp/oauth-core";
import { ConfigurationError } from "@credicorp/oauth-core";
import type {
  ClientRecord,
  KeyRecord,
  ServerPolicy,
} from "@credicorp/oauth-core/authorization-server";
import { signingKeyRecord } from "@credicorp/oauth-core/authorization-server";
import { formatAccessTokenClaims } from "@credicorp/oauth-core/jwt";
import { bytes, signatureEngine } from "@credicorp/oauth-runtime";

import type { SignedToken, TokenDefect } from "./token-defects.ts";
import { defectOf, tokenDefects } from "./token-defects.ts";

/** What a token is to say; by default what the token endpoint would. */
export interface TokenOptions {
  /** Need not be registered. @defaultValue the first client of the sandbox that may have tokens */
  readonly clientId?: string | undefined;

  /** Not checked against anything. @defaultValue all that the client may be granted */
  readonly scope?: readonly string[] | undefined;

  /** @defaultValue the first resource that defines all of the scope, or else the first */
  readonly audience?: string | readonly string[] | undefined;

  /** From now on, by the clock of the sandbox. @defaultValue that of the client, or of the server */
  readonly lifetimeSeconds?: number | undefined;

  /** Further claims by their wire names, in place of those that they meet; `undefined` removes one. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;

  /** Further members of the header, in place of those that they meet. */
  readonly header?: Readonly<Record<string, unknown>> | undefined;

  /** @defaultValue that of the sandbox */
  readonly issuer?: string | undefined;

  /** What is to be wrong with it. @defaultValue nothing */
  readonly malformed?: TokenDefect | undefined;
}

/** What a token is made with. */
export interface TokenSources {
  readonly clock: Pick<Clock, "now">;
  readonly keys: RecordStore<KeyRecord>;
  readonly policy: ServerPolicy;
  readonly clients: readonly ClientRecord[];
  readonly random: Pick<Random, "bytes">;
}

/**
 * Signs a token with the key of this moment, without a request: nothing is charged, nothing is decided.
 *
 * @throws {@link ConfigurationError} when no key may sign, for what no JWT can say, and for a defect that there is not
 */
export async function issueToken(options: TokenOptions, sources: TokenSources): Promise<string> {
  const { malformed } = options;
  // A good token in place of a bad one would let a negative test pass, or fail, for no reason.
  if (malformed !== undefined && !tokenDefects.includes(malformed)) {
    const rule = `malformed must be one of ${tokenDefects.join(", ")}`;
    throw new ConfigurationError("malformed", rule);
  }
  const { clock, policy, random } = sources;
  const client = findClient(options.clientId, sources.clients);
  const algorithm = client?.accessTokenAlgorithm ?? policy.accessTokenAlgorithm;
  const { key, kid } = await findKey(algorithm, sources);
  const now = Math.floor(clock.now());
  const scope = options.scope ?? client?.scope ?? [];
  const lifetimeSeconds =
    options.lifetimeSeconds ??
    client?.accessTokenLifetimeSeconds ??
    policy.accessTokenLifetimeSeconds;
  const clientId = options.clientId ?? client?.id ?? "nobody";
  const claims = formatAccessTokenClaims({
    issuer: options.issuer ?? policy.issuer,
    subject: clientId,
    clientId,
    audience: [options.audience ?? defaultAudience(scope, policy)].flat(),
    scope,
    issuedAt: now,
    expiresAt: now + lifetimeSeconds,
    jti: bytes.encodeBase64url(random.bytes(16)),
    extensions: policy.accessTokenClaims,
  });

  const defect = defectOf(malformed);
  const draft = {
    header: { alg: algorithm, typ: "at+jwt", kid, ...options.header },
    claims: { ...claims, ...options.claims },
    now,
  };
  const spoiled = { ...draft, ...defect.draft(draft) };
  const payloadText = defect.payloadText(textOf("claims", spoiled.claims));
  return defect.token(await sign({ header: textOf("header", spoiled.header), payloadText }, key));
}

function findClient(
  id: string | undefined,
  clients: readonly ClientRecord[],
): ClientRecord | undefined {
  return clients.find((client) => (id === undefined ? client.scope.length > 0 : client.id === id));
}

async function findKey(
  algorithm: ServerPolicy["accessTokenAlgorithm"],
  { keys, clock }: TokenSources,
): Promise<{ readonly key: SigningKey; readonly kid: string }> {
  const records = (await keys.list()).map(({ value }) => value);
  const record = signingKeyRecord(records, { algorithm, now: clock.now() });
  const key = record && (await signatureEngine.importSigningKey(record.jwk, algorithm));
  if (key?.ok) return { key: key.value, kid: record?.kid ?? "" };
  throw new ConfigurationError(
    "keys",
    `No key of ${algorithm} may sign at this moment: rotate one`,
  );
}

function defaultAudience(scope: readonly string[], { resources }: ServerPolicy): string {
  const fitting = resources.find(({ scopes }) => scope.every((one) => scopes.includes(one)));
  return (fitting ?? resources[0])?.identifier ?? "";
}

function textOf(option: "claims" | "header", members: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify(members);
  } catch (cause) {
    const rule = "cannot be written as JSON: too deep, in a circle, or no value that JSON has";
    throw new ConfigurationError(option, `${option} ${rule}`, { cause });
  }
}

async function sign(
  text: { readonly header: string; readonly payloadText: string },
  key: SigningKey,
): Promise<SignedToken> {
  const header = bytes.encodeBase64url(bytes.encodeUtf8(text.header));
  const payload = bytes.encodeBase64url(bytes.encodeUtf8(text.payloadText));
  const signature = await signatureEngine.sign(key, bytes.encodeUtf8(`${header}.${payload}`));
  return { header, payload, signature: bytes.encodeBase64url(signature) };
}
