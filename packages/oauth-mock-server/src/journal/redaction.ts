/**
 * What may be shown of a request and its answer.
 *
 * A list says what is shown, and all else is not: a secret in a parameter, field or query that nobody thought of is not
 * shown either. What is on the list, and was written by a stranger, loses the secrets that the sandbox knows, and whatever
 * looks like one.
 *
 * @module
 */

import type { HeaderList, ServerRequest } from "@credicorp/oauth-core";
import { authorizationScheme } from "@credicorp/oauth-core/protocol";

import { readFormFields } from "../http/form-fields.ts";
import type { HideSecrets } from "../secrets/hide-secrets.ts";
import { redacted } from "../secrets/hide-secrets.ts";

const shownRequestFields = new Set(
  `accept accept-encoding accept-language cache-control connection content-encoding content-length content-type
  expect host if-modified-since if-none-match origin sec-fetch-mode sec-fetch-site transfer-encoding user-agent
  via x-forwarded-for x-forwarded-host x-forwarded-proto`.split(/\s+/),
);
const shownResponseFields = new Set(
  `access-control-allow-headers access-control-allow-methods access-control-allow-origin access-control-max-age
  age allow cache-control connection content-security-policy content-type date etag last-modified pragma ratelimit
  ratelimit-policy referrer-policy retry-after vary www-authenticate x-content-type-options x-request-id
  x-sandbox`.split(/\s+/),
);
const shownSchemes = new Set(["basic", "bearer", "dpop"]);
const shownParameters = new Set([
  "grant_type",
  "scope",
  "resource",
  "token_type_hint",
  "client_assertion_type",
]);

const maxShownLength = 256;
const plainName = /^[A-Za-z][A-Za-z0-9_-]{0,39}$/;
// Letters and digits, mixed and in a row, or very many of either: no word of a person, nor one of a protocol.
const secretLooking = /(?=[\w~+=-]*\d)(?=[\w~+=-]*[A-Za-z])[\w~+=-]{16,}|[\w~+=-]{28,}/g;
const tokenMember = /"(access_token|refresh_token|id_token)"(\s*:\s*)"[^"]*"?/g;

/** Takes out of a text of a stranger whatever looks like a secret, and cuts it. */
function scrub(text: string, hide: HideSecrets): string {
  const shown = hide(text).replace(secretLooking, redacted);
  return shown.length > maxShownLength ? `${shown.slice(0, maxShownLength)}…` : shown;
}

/** Returns the fields of a request as they may be shown. */
export function redactRequestHeaders(headers: HeaderList, hide: HideSecrets): HeaderList {
  return headers.map(([name, value]) => {
    const lower = name.toLowerCase();
    if (shownRequestFields.has(lower)) return [name, scrub(value, hide)];
    const shownName = redactName(name, hide);
    if (lower !== "authorization") return [shownName, redacted];
    const scheme = authorizationScheme(value);
    return [shownName, shownSchemes.has(scheme) ? `${scheme} ${redacted}` : redacted];
  });
}

/** Returns the fields of an answer as they may be shown. */
export function redactResponseHeaders(headers: HeaderList, hide: HideSecrets): HeaderList {
  return headers.map(([name, value]) =>
    shownResponseFields.has(name.toLowerCase()) ? [name, hide(value)] : [name, redacted],
  );
}

/** Returns the body of an answer as it may be shown; `jti` stands for the token that was issued. */
export function redactResponseBody(
  body: string,
  { jti, hide }: { readonly jti: string | undefined; readonly hide: HideSecrets },
): string {
  const placeholder = jti === undefined ? redacted : `[token ${jti}]`;
  return hide(body.replace(tokenMember, `"$1"$2"${placeholder}"`));
}

/** Returns the parameters of a form as they may be shown; `undefined` for any other body. */
export function redactForm(
  request: Pick<ServerRequest, "headers" | "body">,
  shown: {
    /** Tells a client that there is: a secret that was sent as the id is none. */
    readonly isClientId: (id: string) => boolean;

    /** Of the token that the request is about. */
    readonly jti: string | undefined;
    readonly hide: HideSecrets;
  },
): readonly (readonly [string, string])[] | undefined {
  const { isClientId, jti, hide } = shown;
  const fields = readFormFields({ headers: request.headers, body: withoutSecrets(request, hide) });
  return fields?.map(([name, value]): readonly [string, string] => {
    if (value === "") return [redactName(name, hide), ""];
    if (shownParameters.has(name)) return [name, scrub(value, hide)];
    if (name === "client_id") return [name, isClientId(value) ? value : redacted];
    if (name === "token" && jti !== undefined) return [name, `[token ${jti}]`];
    return [redactName(name, hide), redacted];
  });
}

/** A secret that was not encoded, with a `&` or a `=` in it, would be two parameters. */
function withoutSecrets({ body }: Pick<ServerRequest, "body">, hide: HideSecrets): Uint8Array {
  const text = Buffer.from(body).toString("utf8");
  const shown = hide(text);
  return shown === text ? body : Buffer.from(shown);
}

/** Returns the method of a request as it may be shown. */
export function redactMethod(method: string, hide: HideSecrets): string {
  return scrub(method, hide);
}

/** Returns the target of a request as it may be shown: no value of its query. */
export function redactTarget(
  target: string,
  hide: HideSecrets,
): { readonly path: string; readonly query: string } {
  // Before it is taken apart: a secret may have a slash in it, or a question mark.
  const [path = "", ...query] = hide(target).split("?");
  const names = query.join("?").split("&").filter(Boolean);
  const shown = names.map((field) => {
    const [name = "", ...value] = field.split("=");
    return value.length === 0 ? redacted : `${redactName(name, hide)}=${redacted}`;
  });
  return { path: scrubPath(path, hide), query: shown.join("&") };
}

/** The last part of a path may be the id of a request, which is for its own client to be asked with. */
function scrubPath(path: string, hide: HideSecrets): string {
  return path
    .split("/")
    .map((part) => scrub(part, hide))
    .join("/");
}

function redactName(name: string, hide: HideSecrets): string {
  return plainName.test(name) ? scrub(name, hide) : redacted;
}
