import type { SandboxClient } from "../sandbox/sandbox-clients.ts";

/** What a start-up message is made from. */
export interface RunningSandbox {
  readonly url: string;
  readonly issuer: string;
  readonly clients: readonly SandboxClient[];
}

/** Writes the start-up message for a program: one line of JSON. */
export function formatJsonLine({ url, issuer, clients }: RunningSandbox): string {
  return `${JSON.stringify({
    url,
    issuer,
    tokenEndpoint: `${url}/partner/v1/oauth/token`,
    metadataUrl: `${url}/.well-known/oauth-authorization-server`,
    clients,
  })}\n`;
}

/** Writes the start-up message for a person: the clients, and commands to copy. */
export function formatBanner({ url, issuer, clients }: RunningSandbox): string {
  const width = Math.max(...clients.map(({ id }) => id.length), 0);
  const secretWidth = Math.max(...clients.map(({ secret }) => secret.length), 0);
  const rows = clients.map(({ id, secret, description }) =>
    `  ${id.padEnd(width)}  ${secret.padEnd(secretWidth)}  ${description}`.trimEnd(),
  );
  return [
    `Sandbox authorization server at ${url}`,
    ...(issuer === url ? [] : [`Issuer ${issuer}`]),
    "",
    "Clients and their secrets (for tests only):",
    ...rows,
    ...privateKeys(clients),
    ...commands(url, clients),
    "",
    "Stop with Ctrl-C.",
    "",
  ].join("\n");
}

function privateKeys(clients: readonly SandboxClient[]): readonly string[] {
  const signers = clients.filter(({ privateJwk }) => privateJwk !== undefined);
  if (signers.length === 0) return [];
  const rows = signers.map(({ id, privateJwk }) => `  ${id}  ${JSON.stringify(privateJwk)}`);
  return ["", "Private keys (for tests only):", ...rows];
}

function commands(url: string, clients: readonly SandboxClient[]): readonly string[] {
  const basic = clients.find(
    (client) => client.tokenEndpointAuthMethod === "client_secret_basic" && client.scope.length > 0,
  );
  const post = clients.find((client) => client.tokenEndpointAuthMethod === "client_secret_post");
  const lines: string[] = [];
  if (basic !== undefined) {
    lines.push(
      "",
      "Get a token, the secret in an Authorization header:",
      `  curl -s -u ${basic.id}:${basic.secret} -d grant_type=client_credentials ${url}/partner/v1/oauth/token`,
    );
  }
  if (post !== undefined) {
    lines.push(
      "",
      "Get a token, the secret in the body:",
      `  curl -s -X POST ${url}/partner/v1/oauth/token \\`,
      "    -H 'Content-Type: application/x-www-form-urlencoded' \\",
      "    -d grant_type=client_credentials \\",
      `    -d client_id=${post.id} \\`,
      `    -d client_secret=${post.secret} \\`,
      `    -d scope='${post.scope.join(" ")}'`,
    );
  }
  lines.push("", "Read the metadata:", `  curl -s ${url}/.well-known/oauth-authorization-server`);
  return lines;
}
