/** What is used of `node:diagnostics_channel`. */
interface DiagnosticsChannels {
  readonly hasSubscribers: (name: string) => boolean;
  readonly channel: (name: string) => { readonly publish: (message: unknown) => void };
}

/** Where the module is found, if there is one. */
export interface DiagnosticsGlobals {
  readonly process?:
    | { readonly getBuiltinModule?: (name: string) => DiagnosticsChannels | undefined }
    | undefined;
}

/** The channels of the process whose names begin in one way; one for each type of message. */
export interface Diagnostics {
  readonly publish: (message: { readonly type: string }) => void;

  /** Tells whether anybody subscribed to messages of a type. */
  readonly isHeard: (type: string) => boolean;
}

/**
 * Makes what publishes messages to `node:diagnostics_channel`; elsewhere it does nothing.
 *
 * The module is not imported, so that bundles for other runtimes need no substitute for it.
 */
export function createDiagnostics(
  channelPrefix: string,
  globals: DiagnosticsGlobals = globalThis,
): Diagnostics {
  const channels = globals.process?.getBuiltinModule?.("node:diagnostics_channel");
  const isHeard = (type: string): boolean =>
    channels?.hasSubscribers(channelPrefix + type) ?? false;
  return {
    isHeard,
    publish: (message) => {
      if (isHeard(message.type)) channels?.channel(channelPrefix + message.type).publish(message);
    },
  };
}
