import { readText } from "../configuration/read-text.ts";
import type { ServerTls } from "./tls-files.ts";
import type { Settings } from "./settings.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Returns the TLS that was asked for on the command line, by the environment or in `command`; `undefined` when it was not.
 *
 * @throws {@link UsageError} when half of it is missing
 */
export async function prepareTls(settings: Settings): Promise<ServerTls | undefined> {
  const cert = settings["tls-cert"].value;
  const key = settings["tls-key"].value;
  if (cert !== undefined || key !== undefined) {
    if (cert === undefined || key === undefined) {
      throw new UsageError("--tls-cert and --tls-key belong together: give both");
    }
    if (settings["tls-dir"].value !== undefined) {
      throw new UsageError("--tls-dir is for a certificate that is made: leave it out");
    }
    return { tls: { cert: await readText(cert), key: await readText(key) }, remove: nothing };
  }
  if (!settings.tls.value && settings["tls-dir"].value === undefined) return undefined;
  // The library for certificates costs more than the whole start otherwise does.
  const { provideCertificates } = await import("./certificate-folder.ts");
  return provideCertificates({
    folder: settings["tls-dir"].value,
    host: settings.host.value,
    allowedHosts: splitNames(settings["allowed-hosts"].value),
  });
}

/** Takes a list with commas apart. */
export function splitNames(text: string | undefined): readonly string[] {
  return (text ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

async function nothing(): Promise<void> {
  // Files of others stay.
}
