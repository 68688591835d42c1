import type { Application } from "./application.ts";
import type { Decision } from "./decision-rule.ts";

/** An application with the decision about it, and the client that sent it. */
export interface StoredApplication {
  readonly clientId: string;
  readonly applicationId: string;
  readonly decisionId: string;
  readonly application: Application;
  readonly decision: Decision;
}

/** Where applications are kept. */
export interface ApplicationStore {
  readonly save: (stored: StoredApplication) => Promise<void>;

  /**
   * Finds a decision among those of one client.
   *
   * Resolves to `undefined` for the decisions of others too, so that their ids are not confirmed.
   */
  readonly findByDecisionId: (owner: {
    readonly clientId: string;
    readonly decisionId: string;
  }) => Promise<StoredApplication | undefined>;
}

/** Keeps the latest applications in memory, and forgets the oldest above `maxEntries`. */
export function createMemoryApplicationStore(maxEntries = 10_000): ApplicationStore {
  const byDecisionId = new Map<string, StoredApplication>();
  return {
    save: async (stored) => {
      byDecisionId.set(stored.decisionId, stored);
      const [oldest] = byDecisionId.keys();
      if (byDecisionId.size > maxEntries && oldest !== undefined) byDecisionId.delete(oldest);
    },
    findByDecisionId: async ({ clientId, decisionId }) => {
      const stored = byDecisionId.get(decisionId);
      return stored?.clientId === clientId ? stored : undefined;
    },
  };
}
