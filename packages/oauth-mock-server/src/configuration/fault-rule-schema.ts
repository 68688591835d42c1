import { isJsonObject, ownMember } from "@credicorp/oauth-core/protocol";
import { z } from "zod";

import type { FaultName, FaultRule } from "../faults/fault.ts";
import type { MemberDefinition } from "../faults/fault-definitions.ts";
import { describeUnknownFault } from "../faults/unknown-fault.ts";
import { conditionDefinitions, faultDefinitions } from "../faults/fault-definitions.ts";

/** A fault rule as a schema, derived from what the rules themselves are read by. */
export const faultRuleSchema: z.ZodType<FaultRule> = makeSchema();

function makeSchema(): z.ZodType<FaultRule> {
  const conditions = members(conditionDefinitions);
  const rules = Object.entries(faultDefinitions).map(([name, definition]) =>
    z.strictObject({
      fault: z.literal(name as FaultName),
      ...members(definition.members as Readonly<Record<string, MemberDefinition>>),
      ...conditions,
    }),
  );
  // The list is never empty, and each rule is one of the union: both are beyond what its type can say.
  return z.discriminatedUnion("fault", rules as never, {
    error: ({ input }) =>
      describeUnknownFault(isJsonObject(input) ? ownMember(input, "fault") : undefined),
  });
}

function members(
  definitions: Readonly<Record<string, MemberDefinition>>,
): Readonly<Record<string, z.ZodType>> {
  return Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => {
      const schema = memberSchema(definition);
      return [name, definition.isRequired === true ? schema : schema.optional()];
    }),
  );
}

function memberSchema(definition: MemberDefinition): z.ZodType {
  switch (definition.type) {
    case "integer":
      return z.number().int().min(definition.min).max(definition.max);
    case "number":
      return z.number().min(definition.min).max(definition.max);
    case "text":
      return z.string().min(1);
    case "texts":
      return z.array(z.string().min(1));
    case "choice":
      return z.enum(definition.of as [string, ...string[]]);
  }
}
