import type { Clock, Random } from "@credicorp/oauth-core";
import { ConfigurationError } from "@credicorp/oauth-core";

import type { FaultRule } from "./fault.ts";
import type { FaultStage } from "./fault-definitions.ts";
import type { FaultSubject } from "./fault-subject.ts";
import type { FaultStatus, LiveRule } from "./live-rule.ts";
import { createLiveRule } from "./live-rule.ts";
import { parseFaultRule } from "./parse-fault-rule.ts";
import { deriveSeed } from "./seeded-fractions.ts";

/** A rule that was added. */
export interface FaultHandle {
  readonly id: string;

  /** Ends the rule; once it has ended, nothing more happens. */
  readonly remove: () => void;

  /** How often it has acted. */
  readonly hits: () => number;
}

/** The faults of a sandbox. */
export interface SandboxFaults {
  /** @throws {@link ConfigurationError} that names the member of the rule that is unknown, missing or wrong */
  readonly add: (rule: FaultRule) => FaultHandle;

  /** In the order in which they were added. */
  readonly list: () => readonly FaultStatus[];

  /** Tells whether there was such a rule. */
  readonly remove: (id: string) => boolean;

  /** Removes all rules. */
  readonly clear: () => void;
}

/** The rules that act on one request, one of each stage at most. */
export type ChosenRules = ReadonlyMap<FaultStage, LiveRule>;

/** The faults as the sandbox itself handles them. */
export interface FaultRules extends SandboxFaults {
  readonly isEmpty: () => boolean;

  /** Chooses at once, so that of many requests at a time no rule takes more than its share. */
  readonly choose: (subject: FaultSubject) => ChosenRules;

  /** Back to the rules of the configuration, as if nothing had happened. */
  readonly reset: () => void;

  /**
   * Puts other rules in place of those of the configuration; rules that were added since stay.
   *
   * @throws {@link ConfigurationError} that names the first rule that is wrong; nothing has changed then
   */
  readonly reconfigure: (faults: readonly FaultRule[]) => void;
}

const seeds = 2 ** 32;

/** Makes the rules, beginning with those of the configuration. */
export function createFaultRules(
  {
    faults = [],
    seed,
  }: { readonly faults?: readonly FaultRule[] | undefined; readonly seed?: number | undefined },
  ports: { readonly clock: Pick<Clock, "now">; readonly random: Pick<Random, "fraction"> },
): FaultRules {
  const rules = new Map<string, LiveRule>();
  let configured: readonly FaultRule[] = faults;
  let ofConfiguration: readonly FaultHandle[] = [];
  let count = 0;
  const newSeed = (): number =>
    seed === undefined ? Math.floor(ports.random.fraction() * seeds) : deriveSeed(seed, count);
  const add = (given: unknown, place: string): FaultHandle => {
    const rule = parseFaultRule(given, place);
    count += 1;
    const id = rule.id ?? `fault-${count}`;
    if (rules.has(id)) throw new ConfigurationError(`${place}.id`, `${place}.id ${id} is taken`);
    const live = createLiveRule({ ...rule, id, seed: rule.seed ?? newSeed() }, ports.clock);
    rules.set(id, live);
    return { id, hits: live.hits, remove: () => remove(live) };
  };
  const remove = (live: LiveRule): void => {
    if (rules.get(live.id) === live) rules.delete(live.id);
  };
  const addConfigured = (): void => {
    ofConfiguration = configured.map((rule, index) => add(rule, `faults[${index}]`));
  };
  const reset = (): void => {
    rules.clear();
    count = 0;
    addConfigured();
  };
  reset();

  return {
    add: (rule) => add(rule, "rule"),
    list: () => [...rules.values()].map((live) => live.status()),
    remove: (id) => rules.delete(id),
    clear: () => rules.clear(),
    isEmpty: () => rules.size === 0,
    choose: (subject) => choose([...rules.values()], subject),
    reset,
    reconfigure: (wanted) => {
      const before = { all: [...rules], configured, ofConfiguration };
      try {
        for (const handle of ofConfiguration) handle.remove();
        configured = wanted;
        addConfigured();
      } catch (error) {
        rules.clear();
        for (const [id, live] of before.all) rules.set(id, live);
        ({ configured, ofConfiguration } = before);
        throw error;
      }
    },
  };
}

/** Lets every rule throw its dice, so that what one of them does is no matter of the others. */
function choose(rules: readonly LiveRule[], subject: FaultSubject): ChosenRules {
  const chosen = new Map<FaultStage, LiveRule>();
  for (const rule of rules) {
    if (rule.wants(subject) && !chosen.has(rule.stage)) chosen.set(rule.stage, rule);
  }
  // Where something else answers in the server's place, there is nothing of the server's to change.
  if (chosen.has("answer")) for (const stage of serverStages) chosen.delete(stage);
  for (const rule of chosen.values()) rule.take();
  return chosen;
}

const serverStages: readonly FaultStage[] = ["clock", "token", "document"];
