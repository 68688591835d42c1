import { defaultClients, mutualTlsClient } from "../configuration/default-clients.ts";
import type { SandboxClient } from "../sandbox/sandbox-clients.ts";
import type { RunningSandbox } from "./start-line.ts";

const docs = "https://github.com/credicorp/partner-oauth/blob/main/docs";

interface Group {
  readonly title: string;
  readonly has: (client: SandboxClient) => boolean;
}

// The first that has a client shows it.
const groups: readonly Group[] = [
  {
    title: "Resource servers, which introspect",
    has: ({ scope }) => scope.length === 0,
  },
  {
    title: "Clients with a key or a certificate",
    has: ({ tokenEndpointAuthMethod: method }) => !method.startsWith("client_secret"),
  },
  { title: "Clients and their secrets", has: () => true },
];

/** Writes the start-up message for a person: the clients, and commands to copy. */
export function formatBanner(running: RunningSandbox): string {
  const { url, issuer, clients, adminUrl, adminToken, certificates } = running;
  return [
    `Sandbox authorization server at ${url}`,
    ...(issuer === url ? [] : [`Issuer ${issuer}`]),
    ...(certificates === undefined
      ? []
      : [`For Node clients: export NODE_EXTRA_CA_CERTS=${certificates.authorityFile}`]),
    `Admin API at ${adminUrl} (reference: ${adminUrl}/docs), with the token`,
    `  ${adminToken}`,
    ...clientTables([...clients, ...clientsOfTls(running)]),
    ...signers(clients),
    ...commands(running),
    "",
    "Stop with Ctrl-C.",
    "",
  ].join("\n");
}

/** Returns the client that `--tls` would add to those that the sandbox comes with: it is to be found where the others are. */
function clientsOfTls({
  clients,
  certificates,
}: Pick<RunningSandbox, "clients" | "certificates">): readonly SandboxClient[] {
  const ids = new Set(defaultClients.map(({ id }) => id));
  if (certificates !== undefined || !clients.every(({ id }) => ids.has(id))) return [];
  const { id, tokenEndpointAuthMethod, scope = [] } = mutualTlsClient;
  const description = "is there when you start with --tls: authenticates by a certificate";
  return [{ id, secret: "", tokenEndpointAuthMethod, scope, description }];
}

function clientTables(clients: readonly SandboxClient[]): readonly string[] {
  const width = Math.max(...clients.map(({ id }) => id.length), 0);
  const shown = new Map<Group, SandboxClient[]>(groups.map((group) => [group, []]));
  for (const client of clients) {
    const group = groups.find(({ has }) => has(client));
    if (group !== undefined) shown.get(group)?.push(client);
  }
  return [...shown].toReversed().flatMap(([{ title }, members]) => {
    if (members.length === 0) return [];
    const rows = members.flatMap((client) => clientRows(client, width));
    const secretWidth = Math.max(...rows.map(([, secret]) => secret.length), 0);
    return [
      "",
      `${title} (for tests only):`,
      ...rows.map(([id, secret, words]) =>
        `  ${id}  ${secret.padEnd(secretWidth)}  ${words}`.trimEnd(),
      ),
    ];
  });
}

function clientRows(
  { id, secret, secrets, description }: SandboxClient,
  width: number,
): readonly (readonly [id: string, secret: string, words: string])[] {
  const others = (secrets ?? []).slice(1);
  return [
    [id.padEnd(width), secret, description],
    ...others.map((other) => ["".padEnd(width), other.secret, ""] as const),
  ];
}

function signers(clients: readonly SandboxClient[]): readonly string[] {
  const rows = clients.flatMap(({ id, privateJwk }) =>
    privateJwk === undefined ? [] : [`  ${id}  ${JSON.stringify(privateJwk)}`],
  );
  return rows.length === 0 ? [] : ["", "Private keys (for tests only):", ...rows];
}

function commands({
  url,
  clients,
  adminUrl,
  adminToken,
  certificates,
}: RunningSandbox): readonly string[] {
  const find = (has: (client: SandboxClient) => boolean): SandboxClient | undefined =>
    clients.find(has);
  const basic = find(
    (one) => one.tokenEndpointAuthMethod === "client_secret_basic" && one.scope.length > 0,
  );
  const post = find((one) => one.tokenEndpointAuthMethod === "client_secret_post");
  const api = find((one) => one.scope.length === 0 && one.secret !== "");
  const mutual = find((one) => one.tokenEndpointAuthMethod === "tls_client_auth");
  const curl =
    certificates === undefined ? "curl -s" : `curl -s --cacert ${certificates.authorityFile}`;
  const endpoint = `${url}/partner/v1/oauth`;
  const grant = "-d grant_type=client_credentials";
  const lines: string[] = [];
  const add = (title: string, ...command: readonly string[]): void =>
    void lines.push("", `${title}:`, ...command.map((line) => `  ${line}`));
  if (basic !== undefined) {
    add(
      "Get a token, the secret in an Authorization header",
      `${curl} -u ${basic.id}:${basic.secret} ${grant} ${endpoint}/token`,
    );
  }
  if (post !== undefined) {
    const secret = `-d client_id=${post.id} -d client_secret=${post.secret}`;
    add("Get a token, the secret in the body", `${curl} ${grant} ${secret} ${endpoint}/token`);
  }
  if (basic !== undefined && api !== undefined) {
    add(
      "Ask about a token, as a resource server does",
      `TOKEN=$(${curl} -u ${basic.id}:${basic.secret} ${grant} ${endpoint}/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
      `${curl} -u ${api.id}:${api.secret} -d token="$TOKEN" ${endpoint}/introspect`,
    );
  }
  if (mutual !== undefined && certificates !== undefined) {
    const own = `--cert ${certificates.clientCertificateFile} --key ${certificates.clientKeyFile}`;
    add(
      "Get a token with a certificate",
      `${curl} ${own} ${grant} -d client_id=${mutual.id} ${endpoint}/token`,
    );
  }
  add("Read the metadata", `${curl} ${url}/.well-known/oauth-authorization-server`);
  add(
    "See what was asked, and what was answered",
    `${curl} -H 'Authorization: Bearer ${adminToken}' ${adminUrl}/requests`,
  );
  if (clients.some(({ privateJwk }) => privateJwk !== undefined)) {
    lines.push("", `Signed assertions: ${docs}/client-assertions.md · DPoP: ${docs}/dpop.md`);
  }
  return lines;
}
