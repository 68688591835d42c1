import type { Clock, Sleep } from "@credicorp/oauth-core";

import type {
  Patience,
  WaitingCallers,
  WaitingCallersOptions,
} from "../waiting/waiting-callers.ts";

/** How the callers of one process share what one of them asks for. */
export interface CallerSharing {
  readonly waiting: WaitingCallers;

  /** Makes the request; resolves when its outcome was taken. */
  readonly start: (request: (signal: AbortSignal) => Promise<void>) => Promise<void>;

  /** Aborts the request and forgets the pause. */
  readonly stop: () => void;

  /** Sees to it that the machine is woken; `false` when somebody does already. */
  readonly pauseUntil: (untilMs: number) => boolean;

  /** Before a caller asks: takes over what was left behind. Returns the request that it makes thereby. */
  readonly takeOver?: () => Promise<void> | undefined;

  /** What a caller waits for that was served, and has thereby made a request that nothing else keeps alive. */
  readonly attend?: (request: Promise<void>, patience: Patience) => Promise<void> | undefined;

  /** Runs a check for all who ask for it meanwhile. */
  readonly checkOnce: (check: () => Promise<boolean>) => Promise<boolean>;
}

/** What sharing needs of the token machine, and of the platform. */
export interface CallerSharingOptions extends Omit<WaitingCallersOptions, "sleep"> {
  readonly clock: Clock;
  readonly sleep: Sleep;

  /** The pause is over. Returns the request that follows. */
  readonly onWoken: () => Promise<void> | undefined;

  /** The request in flight is lost. Returns the one in its place. */
  readonly onLost: () => Promise<void> | undefined;
}
