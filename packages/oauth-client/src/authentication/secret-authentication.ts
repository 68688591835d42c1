import type { ClientCredentials } from "@credicorp/oauth-core/protocol";
import { encodeFormComponent, formatBasicCredentials } from "@credicorp/oauth-core/protocol";

import type {
  AuthenticatedEndpoint,
  AuthenticationMaterial,
  ClientAuthentication,
} from "../options/client-authentication.ts";
import type {
  OAuthClientOptions,
  SecretAuthenticationMethod,
  SecretSource,
} from "../options/client-options.ts";
import { checkText, listSecrets } from "../options/client-settings.ts";

type SecretOptions = Pick<
  OAuthClientOptions,
  "clientId" | "tokenEndpointAuthMethod" | "basicEncoding"
> & { readonly clientSecret: SecretSource | readonly [SecretSource, SecretSource] };

/**
 * Proves the client with its secret, in the header or in the body.
 *
 * The secret is asked for at each request, so that a rotated one is taken up. Of two, the newer goes first, and the other
 * only after `invalid_client`; the one that was taken last is remembered until the newer changes. One method is chosen
 * beforehand; another is never tried with a real secret.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 | RFC 6749 section 2.3.1}
 */
export function createSecretAuthentication(options: SecretOptions): ClientAuthentication {
  const { clientId, tokenEndpointAuthMethod, basicEncoding = "form" } = options;
  const [newer, older] = listSecrets(options.clientSecret);
  const used = new Map<SecretSource, string>();
  let preferred = newer;

  async function use(source: SecretSource): Promise<string> {
    const secret = await readSecret(source);
    used.set(source, secret);
    return secret;
  }

  /** Forgets that the older was taken when there is a secret that it was not compared with. */
  async function choose(): Promise<SecretSource> {
    if (preferred === newer) return newer;
    const before = used.get(newer);
    if ((await use(newer)) !== before) preferred = newer;
    return preferred;
  }

  async function prove(
    source: SecretSource,
    method: SecretAuthenticationMethod,
  ): Promise<AuthenticationMaterial> {
    const clientSecret = await use(source);
    const accepted = {
      onAccepted: () => {
        preferred = source;
      },
    };
    const credentials = { clientId, clientSecret };
    // What a server repeats may be either of two.
    const others = [...used.values()].flatMap((secret) => spellings(secret));
    if (method === "client_secret_post") {
      return { headers: [], fields: credentials, secrets: others, hint: undefined, ...accepted };
    }
    const authorization = formatBasicCredentials(credentials, basicEncoding);
    return {
      headers: [["authorization", authorization]],
      fields: {},
      secrets: [...others, authorization.slice("Basic ".length)],
      hint: basicEncoding === "form" ? encodingHint(credentials) : undefined,
      ...accepted,
    };
  }

  return {
    method: tokenEndpointAuthMethod ?? "auto",
    option: "clientSecret",
    hasChanged: async () => {
      const changes = [...used].map(async ([source, before]) => {
        // A function that fails now fails again at the next request, which reports it.
        return readSecret(source).then(
          (secret) => secret !== before,
          () => false,
        );
      });
      return (await Promise.all(changes)).includes(true);
    },
    authenticate: async (endpoint) => {
      const method = tokenEndpointAuthMethod ?? chooseMethod(endpoint);
      const source = await choose();
      const other = source === newer ? older : newer;
      return {
        ...(await prove(source, method)),
        alternative: other === undefined ? undefined : () => prove(other, method),
      };
    },
  };
}

async function readSecret(source: SecretSource): Promise<string> {
  if (typeof source === "string") return source;
  const secret = await source();
  checkText("clientSecret", secret);
  return secret;
}

function chooseMethod({ supportedMethods }: AuthenticatedEndpoint): SecretAuthenticationMethod {
  const supported = supportedMethods ?? ["client_secret_basic"];
  return !supported.includes("client_secret_basic") && supported.includes("client_secret_post")
    ? "client_secret_post"
    : "client_secret_basic";
}

function spellings(secret: string): readonly string[] {
  return [secret, encodeFormComponent(secret), encodeURIComponent(secret)];
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
