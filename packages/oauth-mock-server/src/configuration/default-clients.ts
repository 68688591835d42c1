import type { SandboxClientConfiguration } from "./configuration.ts";

const scope = ["applications:write", "decisions:read"];

/** The clients that a sandbox comes with. Their secrets and keys are public, and good for nothing else. */
export const defaultClients: readonly SandboxClientConfiguration[] = [
  {
    id: "partner-basic",
    description: "authenticates by HTTP Basic",
    secret: "sandbox_basic_Jq7Vn2kTzX4mWc9RbY5sPd8hLf3gAe6u",
    tokenEndpointAuthMethod: "client_secret_basic",
    scope,
  },
  {
    id: "partner-post",
    description: "sends its secret in the body",
    secret: "sandbox_post_Hd5wKt8ZrN3yQv6MxB9cFj2pSg7uLa4e",
    tokenEndpointAuthMethod: "client_secret_post",
    scope,
  },
  {
    id: "partner-private-key-jwt",
    description: "signs assertions with its private key",
    tokenEndpointAuthMethod: "private_key_jwt",
    privateJwk: {
      kty: "EC",
      kid: "sandbox-partner-private-key-jwt",
      use: "sig",
      alg: "ES256",
      crv: "P-256",
      x: "QlRBlprjY3Vt79BqRgX-ytuHTuWVdTWRstpgisNLbBM",
      y: "5om1kLiK0qThJoJKoGmbMvb2-kiY_OApe3Yj83jXt60",
      d: "0Rt_aAL0jC8kQiw97dtVvFHJYXhEmxwqnrXAZ7AHnmo",
    },
    scope,
  },
  {
    id: "partner-short-lived",
    description: "its tokens live for 2 seconds",
    secret: "sandbox_short_Vb8qLm3XfT6kYz2WnD7rHc5jPs9gUa4e",
    tokenEndpointAuthMethod: "client_secret_basic",
    scope,
    accessTokenLifetimeSeconds: 2,
  },
  {
    id: "partner-limited",
    description: "may ask for 2 tokens a minute",
    secret: "sandbox_limited_Tz4gWk9NpR2vXc7YmB6sQh3dJf8uLa5e",
    tokenEndpointAuthMethod: "client_secret_basic",
    scope,
    tokenLimit: { limit: 2, windowSeconds: 60 },
  },
  {
    id: "partner-two-secrets",
    description: "has two secrets, the second for 10 minutes more",
    secrets: [
      { secret: "sandbox_newsecret_Gw8pTr3XkM6vZq2YnB9cHd5sJf7uLa4e" },
      { secret: "sandbox_oldsecret_Kt5mWx9VzQ3rYb7NcP2gHd8sJf6uLa4e", expiresInSeconds: 600 },
    ],
    tokenEndpointAuthMethod: "client_secret_basic",
    scope,
  },
  {
    id: "partner-read-only",
    description: "may read decisions and nothing else",
    secret: "sandbox_readonly_Mc6yPx3KvB8tZn5WqR9gHd2sJf7uLa4e",
    tokenEndpointAuthMethod: "client_secret_basic",
    scope: ["decisions:read"],
  },
  {
    id: "partner-dpop",
    description: "gets tokens that are bound to a DPoP key, and no others",
    secret: "sandbox_dpop_Nf3xVq8TzR5kWm2YcB7gHd9sJp4uLa6e",
    tokenEndpointAuthMethod: "client_secret_basic",
    scope,
    dpopBoundAccessTokens: true,
  },
  {
    id: "partner-dpop-nonce",
    description: "must repeat the server's nonce in its DPoP proofs",
    secret: "sandbox_dpopnonce_Xw6mKt9VzQ4rYn3BcP8gHd2sJf7uLa5e",
    tokenEndpointAuthMethod: "client_secret_basic",
    scope,
    dpopBoundAccessTokens: true,
    dpopNonceRequired: true,
  },
  {
    id: "partner-suspended",
    description: "is refused, whatever it sends",
    secret: "sandbox_suspended_Rw2nXk7ZtV5cYm8BqP3gHd6sJf9uLa4e",
    tokenEndpointAuthMethod: "client_secret_basic",
    scope,
    enabled: false,
  },
  {
    id: "partner-api",
    description: "is a resource server: it introspects, and gets no tokens",
    secret: "sandbox_api_Yk9vTz4XnW7mRc2BqP6gHd3sJf8uLa5e",
    tokenEndpointAuthMethod: "client_secret_basic",
    grantTypes: [],
    mayIntrospect: true,
  },
];

/** The client of a sandbox that has made a certificate for it, by the subject of that. */
export const mutualTlsClient: SandboxClientConfiguration & {
  readonly tlsClientAuthSubjectDn: string;
} = {
  id: "partner-mtls",
  description: "authenticates by its certificate, which binds its tokens",
  tokenEndpointAuthMethod: "tls_client_auth",
  tlsClientAuthSubjectDn: "CN=partner-mtls,O=Credicorp sandbox",
  tlsClientCertificateBoundAccessTokens: true,
  scope,
};
