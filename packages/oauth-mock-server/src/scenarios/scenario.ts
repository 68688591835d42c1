import type {
  ClientSecretSummary,
  IssuedClientSecret,
} from "@credicorp/oauth-core/authorization-server";

import type { SandboxFaults } from "../faults/fault-rules.ts";

/** Something that happens in a sandbox, from the call that began it on. */
export interface Scenario {
  /** The fault rules that are its part; empty when it needs none. */
  readonly faults: readonly string[];

  /** Ends it. Once it has ended, nothing more happens. */
  readonly end: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/** What scenarios are made of: nothing that a test could not do itself. */
export interface ScenarioOperations {
  readonly faults: Pick<SandboxFaults, "add">;
  readonly clients: {
    readonly get: (id: string) => { readonly id: string };
    readonly rotateSecret: (
      id: string,
      rotation: { readonly overlapSeconds: number },
    ) => Promise<IssuedClientSecret>;
    readonly revokeSecret: (id: string, secretId: string) => Promise<void>;
    readonly secrets: (id: string) => Promise<readonly ClientSecretSummary[]>;
  };
  readonly keys: {
    readonly list: () => Promise<readonly ScenarioKey[]>;
    readonly rotate: (rotation: { readonly announceSeconds: number }) => Promise<ScenarioKey>;
    readonly revoke: (kid: string) => Promise<void>;
  };
  readonly revokeClientTokens: (clientId: string) => Promise<void>;

  /** Counts the resets: a scenario is over with the next. */
  readonly resets: () => number;

  /** Lets no reset come in between: a scenario is of the state before it, or of the one behind it. */
  readonly inTurn: <Value>(task: () => Promise<Value>) => Promise<Value>;
}

/** What scenarios see of a key. */
export interface ScenarioKey {
  readonly kid: string;
  readonly algorithm: string;
}

/** Makes a scenario that ends once; after a reset there is nothing left to end. */
export function createScenario(
  faults: readonly string[],
  finish: () => Promise<void> | void,
  { resets }: Pick<ScenarioOperations, "resets">,
): Scenario {
  const begun = resets();
  let ending: Promise<void> | undefined;
  const end = (): Promise<void> => {
    ending ??= Promise.resolve(resets() === begun ? finish() : undefined);
    return ending;
  };
  return { faults, end, [Symbol.asyncDispose]: end };
}
