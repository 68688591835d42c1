import type { SignatureAlgorithm } from "@credicorp/oauth-core";
import type { AuthorizationServer } from "@credicorp/oauth-core/authorization-server";
import { sleep } from "@credicorp/oauth-runtime";

import type { SandboxClock } from "../clock/sandbox-clock.ts";
import type { SandboxConfiguration } from "../configuration/configuration.ts";

/** What a sandbox does beside answering requests. */
export interface Background {
  /** Changes signing keys from now on, when the configuration says how often. */
  readonly keepKeys: () => void;

  /** Lets the keys alone until the function that it resolves to is called: then the server of that moment keeps them. */
  readonly pause: () => Promise<() => void>;

  /** Makes the keys that can wait, once, a while after it has been called first. */
  readonly makeMoreKeys: () => void;
  readonly isClosing: () => boolean;

  /** Ends all of it. */
  readonly close: () => Promise<void>;
}

const delayMs = 1000;

/** Prepares it: nothing is done before it is asked for. */
export function createBackground(parts: {
  readonly configuration: Pick<SandboxConfiguration, "additionalAlgorithms" | "keyRotation">;

  /** The server of this moment. */
  readonly server: () => AuthorizationServer;
  readonly clock: Pick<SandboxClock, "sleep">;
  readonly ensureKeys: (
    algorithms: readonly SignatureAlgorithm[],
    announceSeconds: number,
  ) => Promise<void>;
}): Background {
  const { configuration, server, clock, ensureKeys } = parts;
  const closing = new AbortController();
  let keeper: { readonly stop: () => void; readonly ended: Promise<void> } | undefined;
  let making: Promise<void> | undefined;
  const makeMoreKeys = async (): Promise<void> => {
    // An RSA key costs 200 ms of two cores: neither the first answers nor a short test should pay for it.
    await sleep(delayMs, closing.signal);
    if (closing.signal.aborted) return;
    const { policy } = server();
    const others = configuration.additionalAlgorithms ?? (policy.profile ? [] : ["RS256"]);
    await ensureKeys(others, policy.keyRotation.announceSeconds);
  };
  const keepKeys = (): void => {
    if (configuration.keyRotation?.everySeconds === undefined || closing.signal.aborted) return;
    const stopping = new AbortController();
    keeper ??= {
      stop: () => stopping.abort(),
      ended: server().keepKeys(clock.sleep, stopping.signal),
    };
  };
  const stopKeeping = async (): Promise<void> => {
    const stopped = keeper;
    keeper = undefined;
    stopped?.stop();
    await stopped?.ended;
  };
  return {
    keepKeys,
    pause: async () => {
      if (keeper === undefined) return () => undefined;
      await stopKeeping();
      return keepKeys;
    },
    makeMoreKeys: () => {
      making ??= makeMoreKeys();
    },
    isClosing: () => closing.signal.aborted,
    close: async () => {
      closing.abort();
      await Promise.all([making, stopKeeping()]);
    },
  };
}
