import type { Environment } from "./settings.ts";

/** What the command knows of the process that it is. */
export interface Terminal {
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;

  /** Whether a person reads the output. */
  readonly isInteractive: boolean;
  readonly environment: Environment;

  /** Aborts when the command is to stop. */
  readonly stopSignal: AbortSignal;

  /** Calls the listener whenever the configuration is to be read again. */
  readonly onReload: (listener: () => void) => void;
}
