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
   * Tells whether `reconfigure` could take these rules.
   *
   * @throws {@link ConfigurationError} that names the first rule that is wrong, or whose id is taken
   */
  readonly check: (faults: readonly FaultRule[]) => void;

  /** Puts other rules, which have been checked, in place of those of the configuration; those that were added since stay. */
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
  let ofConfiguration: readonly LiveRule[] = [];
  let count = 0;
  const newSeed = (): number =>
    seed === undefined ? Math.floor(ports.random.fraction() * seeds) : deriveSeed(seed, count);
  const add = (given: unknown, place: string): LiveRule => {
    const rule = parseFaultRule(given, place);
    const named = nameRule(rule, { place, count, ids: rules });
    count = named.count;
    const { id } = named;
    const live = createLiveRule({ ...rule, id, seed: rule.seed ?? newSeed() }, ports.clock);
    rules.set(id, live);
    return live;
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
    add: (rule) => {
      const live = add(rule, "rule");
      return { id: live.id, hits: live.hits, remove: () => remove(live) };
    },
    list: () => [...rules.values()].map((live) => live.status()),
    remove: (id) => rules.delete(id),
    clear: () => rules.clear(),
    isEmpty: () => rules.size === 0,
    choose: (subject) => choose([...rules.values()], subject),
    reset,
    check: (wanted) => {
      const ids = new Set(rules.keys());
      for (const live of ofConfiguration) if (rules.get(live.id) === live) ids.delete(live.id);
      let named = count;
      for (const [index, given] of wanted.entries()) {
        const place = `faults[${index}]`;
        const name = nameRule(parseFaultRule(given, place), { place, count: named, ids });
        ids.add(name.id);
        named = name.count;
      }
    },
    reconfigure: (wanted) => {
      for (const live of ofConfiguration) remove(live);
      configured = wanted;
      addConfigured();
    },
  };
}

/** Names a rule: by the next number that is no name yet, unless it has one. @throws {@link ConfigurationError} when that is taken */
function nameRule(
  { id }: FaultRule,
  {
    place,
    count,
    ids,
  }: {
    readonly place: string;

    /** How many there have been. */
    readonly count: number;
    readonly ids: { readonly has: (id: string) => boolean };
  },
): { readonly id: string; readonly count: number } {
  if (id !== undefined && ids.has(id)) {
    throw new ConfigurationError(
      `${place}.id`,
      `${place}.id ${id} is taken: give the rule another id, or remove the other one`,
    );
  }
  let number = count + 1;
  // Others may have chosen such a name themselves.
  while (id === undefined && ids.has(`fault-${number}`)) number += 1;
  return { id: id ?? `fault-${number}`, count: number };
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
