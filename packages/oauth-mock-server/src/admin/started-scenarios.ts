import type { Scenario } from "../scenarios/scenario.ts";

/** A scenario that was started over the admin API. */
export interface StartedScenario {
  readonly id: string;

  /** Such as `outage`. */
  readonly name: string;
  readonly scenario: Scenario;
}

/** Scenarios under ids, as another process cannot hold a function that ends one. */
export interface StartedScenarios {
  readonly add: (name: string, scenario: Scenario) => StartedScenario;
  readonly list: () => readonly StartedScenario[];

  /** Gives one out, to be ended: it is not listed any more. */
  readonly take: (id: string) => StartedScenario | undefined;

  /** Forgets all, as a reset does their faults. */
  readonly clear: () => void;
}

/** Makes an empty list. */
export function createStartedScenarios(): StartedScenarios {
  const started = new Map<string, StartedScenario>();
  let count = 0;
  return {
    add: (name, scenario) => {
      count += 1;
      const one = { id: `scenario-${count}`, name, scenario };
      started.set(one.id, one);
      return one;
    },
    list: () => [...started.values()],
    take: (id) => {
      const one = started.get(id);
      started.delete(id);
      return one;
    },
    clear: () => started.clear(),
  };
}
