import type { ClientCredentials } from "@credicorp/oauth-core/protocol";
import { encodeFormComponent, formatBasicCredentials } from "@credicorp/oauth-core/protocol";

import type {
  AuthenticatedEndpoint,
  AuthenticationMaterial,
  ClientAuthentication,
} from "./client-authentication.ts";
import type { OAuthClientOptions, SecretAuthenticationMethod } from "../options/client-options.ts";
import { checkText } from "../options/client-settings.ts";

type SecretOptions = Pick<
  OAuthClientOptions,
  "clientId" | "clientSecret" | "tokenEndpointAuthMethod" | "basicEncoding"
>;

/**
 * Proves the client with its secret, in the header or in the body.
 *
 * The secret is asked for at each request, so that a rotated one is taken up. One method is chosen beforehand; another
 * is never tried with a real secret.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 | RFC 6749 section 2.3.1}
 */
export function createSecretAuthentication(options: SecretOptions): ClientAuthentication {
  const { clientId, clientSecret, tokenEndpointAuthMethod, basicEncoding = "form" } = options;
  let used: string | undefined;

  async function readSecret(): Promise<string> {
    if (typeof clientSecret === "string") return clientSecret;
    const secret = await clientSecret();
    checkText("clientSecret", secret);
    return secret;
  }

  return {
    method: tokenEndpointAuthMethod ?? "auto",
    hasChanged: async () => {
      if (typeof clientSecret === "string") return false;
      // A function that fails now fails again at the next request, which reports it.
      return readSecret().then(
        (secret) => used !== undefined && secret !== used,
        () => false,
      );
    },
    authenticate: async (endpoint) => {
      const secret = await readSecret();
      used = secret;
      const credentials = { clientId, clientSecret: secret };
      const method = tokenEndpointAuthMethod ?? chooseMethod(endpoint);
      if (method === "client_secret_post") return inBody(credentials);
      const authorization = formatBasicCredentials(credentials, basicEncoding);
      return {
        headers: [["authorization", authorization]],
        fields: {},
        secrets: spellings(secret, authorization),
        hint: basicEncoding === "form" ? encodingHint(credentials) : undefined,
      };
    },
  };
}

function inBody(credentials: ClientCredentials): AuthenticationMaterial {
  return {
    headers: [],
    fields: credentials,
    secrets: spellings(credentials.clientSecret),
    hint: undefined,
  };
}

function chooseMethod({ supportedMethods }: AuthenticatedEndpoint): SecretAuthenticationMethod {
  const supported = supportedMethods ?? ["client_secret_basic"];
  return !supported.includes("client_secret_basic") && supported.includes("client_secret_post")
    ? "client_secret_post"
    : "client_secret_basic";
}

function spellings(secret: string, authorization = ""): readonly string[] {
  const [, encoded = ""] = authorization.split(" ");
  return [secret, encodeFormComponent(secret), encodeURIComponent(secret), encoded].filter(
    (text) => text !== "",
  );
}

function encodingHint({ clientId, clientSecret }: ClientCredentials): string | undefined {
  const plain = clientId + clientSecret;
  if (encodeFormComponent(plain) === plain) return undefined;
  return (
    "The client id or secret has characters that form-encoding changes (RFC 6749 section 2.3.1), and some servers do " +
    'not decode them. If the credentials are right, try basicEncoding: "raw" or ' +
    'tokenEndpointAuthMethod: "client_secret_post".'
  );
}
