import { ConfigurationError } from "@credicorp/oauth-core";
import { isJsonObject, ownMember } from "@credicorp/oauth-core/protocol";

import type { FaultEndpoint, FaultName, FaultRule } from "./fault.ts";
import type { MemberDefinition } from "./fault-definitions.ts";
import { conditionDefinitions, faultDefinitions } from "./fault-definitions.ts";
import { describeUnknownFault } from "./unknown-fault.ts";

/**
 * Reads a rule that came from anywhere; `place` is what messages call it.
 *
 * @throws {@link ConfigurationError} that names the first member that is unknown, missing or wrong
 */
export function parseFaultRule(value: unknown, place: string): FaultRule {
  if (!isJsonObject(value)) throw wrong(place, "must be an object with a fault");
  const name = ownMember(value, "fault");
  if (!isFaultName(name)) {
    throw wrong(`${place}.fault`, describeUnknownFault(name));
  }
  const definitions = membersOf(name);
  for (const member of Object.keys(value)) {
    if (member === "fault" || definitions.has(member)) continue;
    const known = [...definitions.keys()].join(", ");
    throw wrong(`${place}.${member}`, `is unknown: the members of ${name} are ${known}`);
  }
  for (const [member, definition] of definitions) {
    checkMember(ownMember(value, member), definition, `${place}.${member}`);
  }
  const rule = value as unknown as FaultRule;
  checkPlace(rule, place);
  // Nobody else shall change it later.
  return structuredClone(rule);
}

/** Returns where a rule can act: a request for a public document names neither a client nor a scope. */
export function endpointsOf(rule: FaultRule): readonly FaultEndpoint[] {
  const { endpoints } = faultDefinitions[rule.fault];
  return endpoints.filter(
    (endpoint) =>
      (rule.endpoint === undefined || rule.endpoint === endpoint) &&
      (rule.client === undefined || !["jwks", "metadata"].includes(endpoint)) &&
      (rule.scope === undefined || endpoint === "token"),
  );
}

function membersOf(name: FaultName): ReadonlyMap<string, MemberDefinition> {
  return new Map([
    ...Object.entries(faultDefinitions[name].members as Record<string, MemberDefinition>),
    ...Object.entries(conditionDefinitions),
  ]);
}

function isFaultName(value: unknown): value is FaultName {
  return typeof value === "string" && Object.hasOwn(faultDefinitions, value);
}

function checkPlace(rule: FaultRule, place: string): void {
  if (endpointsOf(rule).length > 0) return;
  const { endpoints } = faultDefinitions[rule.fault];
  const where = `${rule.fault} happens at ${endpoints.join(", ")}`;
  throw wrong(
    place,
    `can never act: ${where}; clients are named at the first three, scopes at token`,
  );
}

function checkMember(value: unknown, definition: MemberDefinition, place: string): void {
  if (value === undefined) {
    if (definition.isRequired === true) throw wrong(place, "is missing");
    return;
  }
  const rule = brokenRule(value, definition);
  if (rule !== undefined) throw wrong(place, rule);
}

function brokenRule(value: unknown, definition: MemberDefinition): string | undefined {
  switch (definition.type) {
    case "integer":
    case "number": {
      const { type, min, max } = definition;
      const isNumber = type === "integer" ? Number.isInteger(value) : Number.isFinite(value);
      const isGood = isNumber && Number(value) >= min && Number(value) <= max;
      return isGood
        ? undefined
        : `must be ${type === "integer" ? "an" : "a"} ${type} from ${min} to ${max}`;
    }
    case "text":
      return isText(value) ? undefined : "must be a text, and not empty";
    case "texts":
      return Array.isArray(value) && value.every(isText) ? undefined : "must be a list of texts";
    case "choice":
      return definition.of.includes(value as string)
        ? undefined
        : `must be one of ${definition.of.join(", ")}`;
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function wrong(place: string, rule: string): ConfigurationError {
  return new ConfigurationError(place, `${place} ${rule}`);
}
