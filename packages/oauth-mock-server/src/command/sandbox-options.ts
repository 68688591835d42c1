import type { SandboxConfiguration } from "../configuration/configuration.ts";
import { defaultClients, mutualTlsClient } from "../configuration/default-clients.ts";
import type { ConfigurationFile } from "../configuration/read-configuration-file.ts";
import type { ServerTls } from "./tls-files.ts";
import { splitNames } from "./server-tls.ts";
import type { Settings } from "./settings.ts";

/** Returns what the sandbox is told: the file, and what was said elsewhere in place of what it says. */
export function sandboxConfiguration(
  settings: Settings,
  {
    file,
    tls,
  }: { readonly file: ConfigurationFile | undefined; readonly tls: ServerTls | undefined },
): SandboxConfiguration {
  const configuration = file?.configuration ?? {};
  const { issuer } = settings;
  const allowedHosts = splitNames(settings["allowed-hosts"].value);
  return {
    ...configuration,
    ...(tls !== undefined && { tls: tls.tls }),
    ...(tls?.certificates !== undefined &&
      configuration.clients === undefined && {
        clients: clientsWithCertificate(configuration),
      }),
    ...(issuer.value !== undefined && { issuer: issuer.value }),
    ...(allowedHosts.length > 0 && { allowedHosts }),
    ...(settings["allow-insecure-http"].value && { allowInsecureHttp: true }),
    ...(settings["allow-network"].value && { allowNetwork: true }),
  };
}

function clientsWithCertificate({
  profile,
}: SandboxConfiguration): NonNullable<SandboxConfiguration["clients"]> {
  const others =
    profile === undefined
      ? defaultClients
      : defaultClients.filter((one) => one.tokenEndpointAuthMethod === "private_key_jwt");
  return [...others, mutualTlsClient];
}
