import type { HttpTransport } from "@credicorp/oauth-core";

import type { SandboxClientKeySets } from "../configuration/configuration.ts";

/** Makes the transport that fetches clients' keys. It loads `node:https` when a key is first fetched: most sandboxes never do. */
export function createClientKeyTransport(options: SandboxClientKeySets): HttpTransport {
  let transport: Promise<HttpTransport> | undefined;
  const load = async (): Promise<HttpTransport> => {
    const { createGuardedTransport } = await import("./guarded-transport.ts");
    return createGuardedTransport(options);
  };
  return async (request, limits) => {
    transport ??= load();
    return (await transport)(request, limits);
  };
}
