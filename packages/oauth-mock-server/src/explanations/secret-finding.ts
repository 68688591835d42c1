/**
 * What a secret turned out to be that did not authenticate its client: the mistakes that clients really make.
 *
 * @module
 */

import type { ServerRequest } from "@credicorp/oauth-core";
import { headerValues } from "@credicorp/oauth-core";
import type { ClientRecord, ClientSecret } from "@credicorp/oauth-core/authorization-server";
import { decodeFormComponent } from "@credicorp/oauth-core/protocol";
import { bytes, digest } from "@credicorp/oauth-runtime";

import { readFormFields } from "../http/form-fields.ts";

/** What was found out about a secret; never the secret. */
export type SecretFinding =
  /** There was none. */
  | { readonly kind: "absent" }
  /** Like no secret of this client, however it is read. */
  | { readonly kind: "unlike_any" }
  /** One of the client's own. */
  | { readonly kind: "own"; readonly secret: ClientSecret }
  /** One of the client's own, before a form encoding that it did not get: `+` or `%` then mean something else. */
  | { readonly kind: "not_encoded" }
  | { readonly kind: "encoded_twice" }
  /** One of the client's own in white space, such as a line break at its end. */
  | { readonly kind: "in_white_space" }
  | { readonly kind: "in_quotes" }
  | { readonly kind: "of_another_client" }
  /** The id of a client, where the secret should be. */
  | { readonly kind: "client_id" };

/** Compares what was sent, read in several ways, with what is registered. */
export async function findSecret(
  request: Pick<ServerRequest, "headers" | "body">,
  client: ClientRecord | undefined,
  others: readonly ClientRecord[],
): Promise<SecretFinding> {
  const presented = presentedSecret(request);
  if (presented === undefined) return { kind: "absent" };
  const { id, decoded, raw } = presented;
  // Where the credentials could not be read, the decision names no client.
  const meant = client ?? others.find((other) => other.id === id);
  const match = (text: string | undefined): Promise<ClientSecret | undefined> =>
    matchSecret(text, meant?.secrets ?? []);

  const own = await match(decoded);
  if (own !== undefined) return { kind: "own", secret: own };
  const readings = [
    ["not_encoded", raw],
    ["not_encoded", decoded?.replaceAll(" ", "+")],
    ["encoded_twice", decoded === undefined ? undefined : decodeFormComponent(decoded)],
    ["in_white_space", raw.trim()],
    ["in_white_space", decoded?.trim()],
    ["in_quotes", decoded === undefined ? undefined : /^(["'])(.*)\1$/.exec(decoded)?.[2]],
  ] as const;
  for (const [kind, text] of readings) if (await match(text)) return { kind };
  if (others.some((other) => other.id === decoded)) return { kind: "client_id" };
  const sent = decoded === undefined ? undefined : await digestOf(decoded);
  if (others.some(({ secrets }) => secrets.some((secret) => secret.digest === sent))) {
    return { kind: "of_another_client" };
  }
  return { kind: "unlike_any" };
}

interface PresentedSecret {
  /** Of the client that it came with, undecoded. */
  readonly id: string | undefined;

  /** As a server reads it. */
  readonly decoded: string | undefined;

  /** Before form decoding. */
  readonly raw: string;
}

function presentedSecret(
  request: Pick<ServerRequest, "headers" | "body">,
): PresentedSecret | undefined {
  for (const value of headerValues(request.headers, "authorization")) {
    const text = Buffer.from(value.replace(/^\S+ +/, ""), "base64").toString("utf8");
    const colon = text.indexOf(":");
    if (!/^basic /i.test(value) || colon === -1) continue;
    const raw = text.slice(colon + 1);
    return { id: text.slice(0, colon), decoded: decodeFormComponent(raw), raw };
  }
  const inBody = readFormFields(request)?.find(([name]) => name === "client_secret")?.[1];
  return inBody === undefined ? undefined : { id: undefined, decoded: inBody, raw: inBody };
}

async function matchSecret(
  text: string | undefined,
  secrets: readonly ClientSecret[],
): Promise<ClientSecret | undefined> {
  if (text === undefined || secrets.length === 0) return undefined;
  const presented = await digestOf(text);
  return secrets.find((secret) => secret.digest === presented);
}

async function digestOf(text: string): Promise<string> {
  return bytes.encodeBase64url(await digest.sha256(bytes.encodeUtf8(text)));
}
