/**
 * Proves the client with the certificate of its connections. For Node.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8705#section-2 | RFC 8705 section 2}
 * @module
 */

import type { SecureContext } from "node:tls";

import type { MaybePromise } from "@credicorp/oauth-core";
import { ConfigurationError, isOAuthError } from "@credicorp/oauth-core";

import type {
  AuthenticationMaterial,
  ClientAuthentication,
} from "../options/client-authentication.ts";
import { isNode } from "../platform/browser.ts";
import type { ConnectedFetch } from "../platform/platform-fetch.ts";
import { connectWithCertificate } from "../platform/platform-fetch.ts";

export type { ClientAuthentication } from "../options/client-authentication.ts";

/** A text in PEM, or a function that is asked for it at each token request. */
export type PemSource = string | (() => MaybePromise<string>);

/** The certificate, and what it is for. */
export type MutualTlsOptions = MutualTlsCertificate &
  (
    | {
        /** As the client is registered: by a name that an authority has certified, or by the certificate itself. */
        readonly method: "tls_client_auth" | "self_signed_tls_client_auth";
        readonly authentication?: undefined;
      }
    | {
        /** Another way to prove the client; tokens are then bound to the certificate, and nothing more. */
        readonly authentication: ClientAuthentication;
        readonly method?: undefined;
      }
  );

/** A certificate with its key. */
export interface MutualTlsCertificate {
  /** The certificate, followed by those of the authorities between it and the one that the server knows. */
  readonly cert: PemSource;
  readonly key: PemSource;

  /**
   * The authorities that may vouch for the servers.
   *
   * @defaultValue those of the platform
   */
  readonly ca?: PemSource;
}

/** The texts that a connection is made of. */
interface Pems {
  readonly cert: string;
  readonly key: string;
  readonly ca: string | undefined;
}

const hint =
  "Check the client id, that this certificate or its name is registered, and that it has not expired.";

/**
 * Makes the way of proving oneself that a client takes as `authentication`.
 *
 * All requests of the client show the certificate, those to the API too, and go to the endpoints that the metadata has for
 * certificates. A certificate that was replaced is shown from the next token request on.
 *
 * @throws {@link ConfigurationError} elsewhere than on Node, and unless there is one of `method` and `authentication`.
 */
export function mutualTls(options: MutualTlsOptions): ClientAuthentication {
  const { method, authentication } = options;
  if ((method === undefined) === (authentication === undefined)) {
    throw refuse("Mutual TLS needs one of method and authentication");
  }
  if (!isNode(globalThis)) throw refuse("Mutual TLS needs Node");
  let current: { readonly pems: Pems; readonly connected: ConnectedFetch } | undefined;
  let connecting: Promise<ConnectedFetch> | undefined;

  async function connect(): Promise<ConnectedFetch> {
    const pems = await readPems(options);
    if (current !== undefined && isSame(pems, current.pems)) return current.connected;
    // Connections of before are not closed, since calls may be about to use them: they end when they have been idle.
    const connected = await connectWithCertificate(await buildContext(pems));
    current = { pems, connected };
    return connected;
  }

  function connectOnce(): Promise<ConnectedFetch> {
    connecting ??= connect().finally(() => {
      connecting = undefined;
    });
    return connecting;
  }

  return {
    method: method ?? authentication?.method ?? "auto",
    option: "authentication",
    connection: {
      fetch: async (input, init) => {
        const { fetch } = current?.connected ?? (await connectOnce());
        return fetch(input, init);
      },
      close: () => {
        current?.connected.close().catch(() => undefined);
        current = undefined;
      },
    },
    credentialVersion: async () => {
      // A certificate is public, and so is its fingerprint.
      const { X509Certificate } = await import("node:crypto");
      const pems = current?.pems ?? (await readPems(options));
      try {
        return new X509Certificate(pems.cert).fingerprint256;
      } catch {
        throw refuse("The certificate is not one in PEM");
      }
    },
    hasChanged: async () => {
      const before = current?.pems;
      const isReplaced = readPems(options).then(
        (pems) => before !== undefined && !isSame(pems, before),
        () => false,
      );
      return (await isReplaced) || ((await authentication?.hasChanged()) ?? false);
    },
    authenticate: async (endpoint, client): Promise<AuthenticationMaterial> => {
      await connectOnce();
      if (authentication !== undefined) return authentication.authenticate(endpoint, client);
      return { headers: [], fields: { clientId: client.clientId }, secrets: [], hint };
    },
  };
}

async function readPems({ cert, key, ca }: MutualTlsCertificate): Promise<Pems> {
  const [certText, keyText, caText] = await Promise.all([cert, key, ca].map(readPem));
  return { cert: certText ?? "", key: keyText ?? "", ca: caText };
}

async function readPem(source: PemSource | undefined): Promise<string | undefined> {
  if (typeof source !== "function") return source;
  try {
    return await source();
  } catch (error) {
    if (isOAuthError(error)) throw error;
    throw refuse("The function that gives the certificate or its key has failed", {
      hint: "Catch and log its error where it is thrown; it is not repeated here.",
    });
  }
}

function isSame(pems: Pems, other: Pems): boolean {
  return pems.cert === other.cert && pems.key === other.key && pems.ca === other.ca;
}

/** Reads the texts once, so that what is wrong with them is known before anything connects. */
async function buildContext({ cert, key, ca }: Pems): Promise<SecureContext> {
  const { createSecureContext } = await import("node:tls");
  try {
    if (cert === "" || key === "") throw refuse("The certificate or its key is missing");
    return createSecureContext({ cert, key, ...(ca !== undefined && { ca }) });
  } catch (error) {
    if (isOAuthError(error)) throw error;
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    throw refuse(`The certificate and its key cannot be used${code}`, {
      hint: "Both are PEM texts, the key is not encrypted, and it belongs to the first certificate.",
    });
  }
}

function refuse(message: string, details: { readonly hint?: string } = {}): ConfigurationError {
  return new ConfigurationError("authentication", message, {
    ...details,
    reference: "RFC 8705 section 2",
  });
}
