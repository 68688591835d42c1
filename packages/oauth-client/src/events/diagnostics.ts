import type { ClientReport } from "./client-events.ts";

/** Events of every client of the process go to the channels `credicorp.oauth.client.<type>`. */
const channelPrefix = "credicorp.oauth.client.";

/** What is used of `node:diagnostics_channel`. */
interface DiagnosticsChannels {
  readonly hasSubscribers: (name: string) => boolean;
  readonly channel: (name: string) => { readonly publish: (message: unknown) => void };
}

/** What is used of the platform. */
export interface DiagnosticsGlobals {
  readonly process?:
    | {
        readonly getBuiltinModule?: (name: string) => DiagnosticsChannels | undefined;
        readonly emitWarning?: (
          message: string,
          options: { readonly code: string; readonly detail: string },
        ) => void;
      }
    | undefined;
}

/** The channels of the process. */
export interface Diagnostics {
  readonly publish: (report: ClientReport) => void;
  readonly isHeard: (type: ClientReport["type"]) => boolean;
}

/**
 * Makes what publishes events to `node:diagnostics_channel`; elsewhere it does nothing.
 *
 * The module is not imported, so that bundles for other runtimes need no substitute for it.
 */
export function createDiagnostics(globals: DiagnosticsGlobals): Diagnostics {
  const channels = globals.process?.getBuiltinModule?.("node:diagnostics_channel");

  function isHeard(type: ClientReport["type"]): boolean {
    return channels?.hasSubscribers(channelPrefix + type) ?? false;
  }

  return {
    isHeard,
    publish: (report) => {
      if (isHeard(report.type)) channels?.channel(channelPrefix + report.type).publish(report);
    },
  };
}
