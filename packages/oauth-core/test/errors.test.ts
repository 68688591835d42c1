import type * as core from "@credicorp/oauth-core";
import type { OAuthErrorDetails } from "@credicorp/oauth-core";
import {
  AbortedError,
  ConfigurationError,
  HttpStatusError,
  isOAuthError,
  NetworkError,
  OAuthError,
  OAuthResponseError,
  ProtocolError,
  TimeoutError,
} from "@credicorp/oauth-core";
import {
  parseAuthorization,
  parseBasicCredentials,
  parseForm,
  parseIntrospectionResponse,
  parseJwkSet,
  parseOAuthError,
  parseScope,
  parseServerMetadata,
  parseTokenRequest,
  parseTokenResponse,
} from "@credicorp/oauth-core/protocol";
import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";

const secret = "planted_7Fjfp0ZBr1KtDRbnfVdmIw";
const response = { status: 400, error: "invalid_client" };

const classes: readonly (readonly [string, (details?: OAuthErrorDetails) => OAuthError, object])[] =
  [
    [
      "OAuthResponseError",
      (details) => new OAuthResponseError(response, details),
      { kind: "oauth", code: "ERR_OAUTH_RESPONSE" },
    ],
    [
      "HttpStatusError",
      (details) => new HttpStatusError(404, details),
      { kind: "http", code: "ERR_OAUTH_HTTP_STATUS" },
    ],
    [
      "NetworkError",
      (details) => new NetworkError("m", details),
      { kind: "network", code: "ERR_OAUTH_NETWORK" },
    ],
    [
      "TimeoutError",
      (details) => new TimeoutError("m", details),
      { kind: "timeout", code: "ERR_OAUTH_TIMEOUT" },
    ],
    [
      "AbortedError",
      (details) => new AbortedError("m", details),
      { kind: "aborted", code: "ERR_OAUTH_ABORTED" },
    ],
    [
      "ProtocolError",
      (details) => new ProtocolError("f", "m", details),
      { kind: "protocol", code: "ERR_OAUTH_PROTOCOL" },
    ],
    [
      "ConfigurationError",
      (details) => new ConfigurationError("o", "m", details),
      { kind: "config", code: "ERR_OAUTH_CONFIG" },
    ],
  ];

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** All that a logger could print of an error. */
function everythingOf(error: Error): string {
  return [
    JSON.stringify(error),
    String(error),
    error.stack,
    inspect(error, { depth: Infinity, showHidden: true }),
  ].join("\n");
}

describe.each(classes)("%s", (name, create, identity) => {
  it("has a name, a kind and a code of its own", () => {
    const error = create();

    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(OAuthError);
    expect(error).toMatchObject({ name, ...identity });
    expect(String(error)).toMatch(new RegExp(`^${name}: .`));
  });

  it("tells what to do, where the rule is, how long to wait and what caused it", () => {
    const cause = new Error("cause");
    const details = {
      hint: "h",
      reference: "RFC 6749 section 5.2",
      retryAfterMs: 5,
      requestId: "r",
    };
    const error = create({ ...details, cause });

    expect(error).toMatchObject(details);
    expect(error.cause).toBe(cause);
  });

  it("has no cause where none is given", () => {
    expect(Object.hasOwn(create(), "cause")).toBe(false);
    expect(Object.hasOwn(create({ cause: undefined }), "cause")).toBe(false);
  });

  it("CLI-31 keeps nothing of its details but what is named", () => {
    const details = {
      hint: "h",
      body: secret,
      headers: { authorization: secret },
      request: [secret],
    };

    expect(everythingOf(create(details))).not.toContain(secret);
  });

  it("is known by isOAuthError, and so is one of a second copy of the module", async () => {
    const url: string = new URL("../src/errors.ts?copy", import.meta.url).href;
    const copy = (await import(/* @vite-ignore */ url)) as typeof core;
    const theirs = new copy.NetworkError("m");

    expect(theirs).not.toBeInstanceOf(OAuthError);
    expect(isOAuthError(theirs)).toBe(true);
    expect(copy.isOAuthError(create())).toBe(true);
  });
});

describe("retryable", () => {
  it.each([
    [400, false],
    [401, false],
    [407, false],
    [408, true],
    [409, false],
    [428, false],
    [429, true],
    [430, false],
    [499, false],
    [500, true],
    [503, true],
  ])("of an OAuth error with status %d is %s", (status, retryable) => {
    expect(new OAuthResponseError({ status, error: "e" }).retryable).toBe(retryable);
  });

  it.each([
    [302, false],
    [404, false],
    [407, false],
    [408, true],
    [409, false],
    [429, true],
    [499, false],
    [500, true],
    [502, true],
  ])("of status %d is %s", (status, retryable) => {
    expect(new HttpStatusError(status).retryable).toBe(retryable);
  });

  it("is true where no answer arrived, and false where the same call would fail again", () => {
    expect(new NetworkError("m").retryable).toBe(true);
    expect(new TimeoutError("m").retryable).toBe(true);
    expect(new AbortedError("m").retryable).toBe(false);
    expect(new ProtocolError("f", "m").retryable).toBe(false);
    expect(new ConfigurationError("o", "m").retryable).toBe(false);
  });
});

describe("isOAuthError", () => {
  it.each([
    undefined,
    null,
    "error",
    1,
    {},
    new Error("m"),
    { name: "NetworkError", kind: "network", code: "ERR_OAUTH_NETWORK" },
  ])("says no to %o", (value) => {
    expect(isOAuthError(value)).toBe(false);
  });
});

describe("planted secrets", () => {
  const limits = { maxBytes: 1000, maxFields: 10 };
  const repeated = [
    ["client_secret", secret],
    ["client_secret", secret],
  ] as const;
  const failures = [
    ["token response", parseTokenResponse(`{"access_token":"${secret}","token_type":"${secret}"}`)],
    [
      "token response's scope",
      parseTokenResponse(
        `{"access_token":"${secret}","token_type":"Bearer","scope":"${secret}  "}`,
      ),
    ],
    [
      "token response's lifetime",
      parseTokenResponse(
        `{"access_token":"${secret}","token_type":"Bearer","expires_in":"${secret}"}`,
      ),
    ],
    ["page", parseTokenResponse(`<html>${secret}`)],
    [
      "introspection response",
      parseIntrospectionResponse(`{"active":true,"scope":5,"sub":"${secret}"}`),
    ],
    ["metadata", parseServerMetadata(`{"issuer":"https://${secret}"}`, "https://a.example")],
    ["key set", parseJwkSet(`{"keys":{"d":"${secret}"}}`, 1)],
    ["Authorization header", parseAuthorization(`Bearer ${secret}, ${secret}`)],
    ["Basic credentials", parseBasicCredentials(Buffer.from(`a:${secret}%`).toString("base64"))],
    ["form", parseForm(utf8(`client_secret=${secret}%`), limits)],
    ["repeated parameter", parseTokenRequest(repeated)],
    ["scope", parseScope(`${secret}  `)],
  ] as const;

  it.each(failures)("CLI-31 are absent from the ProtocolError of a refused %s", (_name, result) => {
    if (result.ok) throw new Error("The message was not refused");
    const { code, message, reference } = result.failure;
    const error = new ProtocolError(code, message, { reference });

    expect(error.failure).toBe(code);
    expect(everythingOf(error)).toContain(message);
    expect(everythingOf(error)).not.toContain(secret);
    expect(JSON.stringify(result)).not.toContain(secret);
  });

  it("CLI-31 are absent from the OAuthResponseError of a document that holds them", () => {
    const body = `{"error":"invalid_client","error_description":"no\\u0007","client_secret":"${secret}","access_token":"${secret}"}`;
    const document = parseOAuthError(body);
    if (document === undefined) throw new Error("The document was not read");
    const error = new OAuthResponseError({ status: 401, ...document });

    expect(error).toMatchObject({ status: 401, error: "invalid_client", errorDescription: "no?" });
    expect(error.message).toBe("The authorization server answered 401 invalid_client");
    expect(everythingOf(error)).not.toContain(secret);
  });

  it("keep a description out of the message, so that what is thrown can be logged by its message", () => {
    const error = new OAuthResponseError({ ...response, errorDescription: secret });

    expect(error.errorDescription).toBe(secret);
    expect(String(error)).not.toContain(secret);
    expect(error.stack).not.toContain(secret);
  });
});

it.each(classes)(
  "%s names a section of the page on errors",
  (_name, create, { code }: { code?: string }) => {
    const page = readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8");
    const [address, section] = create().docs.split("#");

    expect(address).toMatch(/\/docs\/errors\.md$/);
    expect(section).toBe(code?.toLowerCase());
    expect(page).toContain(`\n## ${code}\n`);
  },
);
