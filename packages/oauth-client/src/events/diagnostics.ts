import type { TokenReport } from "@credicorp/oauth-core/token-cache";

/** Events of every client of the process go to the channels `credicorp.oauth.client.<type>`. */
const channelPrefix = "credicorp.oauth.client.";

/** What is used of `node:diagnostics_channel`. */
interface DiagnosticsChannels {
  readonly hasSubscribers: (name: string) => boolean;
  readonly channel: (name: string) => { readonly publish: (message: unknown) => void };
}

interface BuiltinGlobals {
  readonly process?: {
    readonly getBuiltinModule?: (name: string) => DiagnosticsChannels | undefined;
  };
}

/**
 * Makes the function that publishes events to `node:diagnostics_channel`; elsewhere it does nothing.
 *
 * The module is not imported, so that bundles for other runtimes need no substitute for it.
 */
export function createDiagnostics(globals: BuiltinGlobals): (report: TokenReport) => void {
  const channels = globals.process?.getBuiltinModule?.("node:diagnostics_channel");
  return (report) => {
    const name = channelPrefix + report.type;
    if (channels?.hasSubscribers(name)) channels.channel(name).publish(report);
  };
}
