/** What is used of `node:diagnostics_channel`. */
interface DiagnosticsChannels {
  readonly hasSubscribers: (name: string) => boolean;
  readonly channel: (name: string) => { readonly publish: (message: unknown) => void };
}

/** Where the module is found, if there is one. */
export interface DiagnosticsGlobals {
  readonly process?: {
    readonly getBuiltinModule?: (name: string) => DiagnosticsChannels | undefined;
  };
}

/**
 * Makes the function that publishes messages to `node:diagnostics_channel`, each to the channel of its type; elsewhere it
 * does nothing.
 *
 * The module is not imported, so that bundles for other runtimes need no substitute for it.
 */
export function createDiagnostics(
  channelPrefix: string,
  globals: DiagnosticsGlobals = globalThis,
): (message: { readonly type: string }) => void {
  const channels = globals.process?.getBuiltinModule?.("node:diagnostics_channel");
  return (message) => {
    const name = channelPrefix + message.type;
    if (channels?.hasSubscribers(name)) channels.channel(name).publish(message);
  };
}
