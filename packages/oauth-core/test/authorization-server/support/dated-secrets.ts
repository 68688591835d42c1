import type { AuthorizationServerPorts } from "@credicorp/oauth-core/authorization-server";

import type { TestServer } from "./test-server.ts";
import { createTestServer } from "./test-server.ts";

const now = 1_700_000_000;

/** Secrets of the client `windows`; `live` is that of the client `suspended` too. */
export const datedSecrets = {
  old: "old-secret-0123456789-ABCDEFGHIJK",
  live: "live-secret-0123456789-ABCDEFGHIJ",
  next: "new-secret-0123456789-ABCDEFGHIJK",
} as const;

/** A server that also knows `windows`, of whose three secrets one is live at the start, and `suspended`. */
export async function createDatedSecretsServer(
  ports: Partial<AuthorizationServerPorts> = {},
): Promise<TestServer> {
  const server = await createTestServer({}, ports);
  await server.register({
    id: "windows",
    tokenEndpointAuthMethod: "client_secret_basic",
    scope: ["decisions:read"],
    secrets: [
      { secret: datedSecrets.old, expiresAt: now },
      { secret: datedSecrets.live, notBefore: now - 100, expiresAt: now + 100 },
      { secret: datedSecrets.next, notBefore: now + 1 },
    ],
  });
  await server.register({
    id: "suspended",
    tokenEndpointAuthMethod: "client_secret_basic",
    secret: datedSecrets.live,
    enabled: false,
  });
  return server;
}
