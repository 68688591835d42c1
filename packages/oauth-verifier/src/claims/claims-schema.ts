/**
 * The option `claims`: a schema that reads what tokens say beside the registered claims.
 *
 * @module
 */

import { ConfigurationError } from "@credicorp/oauth-core";
import type {
  CheckExtensions,
  ClaimsWith,
  ExtensionsVerdict,
  PrincipalClaims,
} from "@credicorp/oauth-core/resource-server";

import type { StandardSchema, StandardSchemaResult } from "./standard-schema.ts";

/** The claims of a verifier with this schema. */
export type ClaimsOf<Schema> =
  Schema extends StandardSchema<infer _Input, infer Output> ? ClaimsWith<Output> : PrincipalClaims;

/**
 * Makes the check of a schema; at once where the schema answers at once.
 *
 * @throws {@link ConfigurationError} when it is no schema
 */
export function createExtensionsCheck(
  schema: StandardSchema | undefined,
): CheckExtensions | undefined {
  if (schema === undefined) return undefined;
  const properties = propertiesOf(schema);
  if (properties?.version !== 1 || typeof properties.validate !== "function") {
    throw new ConfigurationError(
      "claims",
      "The verifier's option claims must be a schema of Standard Schema version 1",
    );
  }
  const { validate } = properties;
  return (extensions) => {
    try {
      const result = validate(extensions);
      return isPromise(result)
        ? Promise.resolve(result).then(judge).catch(toFailure)
        : judge(result);
    } catch (error) {
      return toFailure(error);
    }
  };
}

/** A schema may be a function. */
function propertiesOf(schema: unknown): Partial<StandardSchema["~standard"]> | undefined {
  const isHolder = (typeof schema === "object" && schema !== null) || typeof schema === "function";
  return isHolder ? (schema as Partial<StandardSchema>)["~standard"] : undefined;
}

function judge(result: StandardSchemaResult<unknown>): ExtensionsVerdict {
  // A list of issues is a refusal, even an empty one.
  if (result.issues !== undefined) return { kind: "refused" };
  return { kind: "accepted", extensions: result.value };
}

function toFailure(cause: unknown): ExtensionsVerdict {
  return { kind: "failed", cause };
}

function isPromise(
  result: StandardSchemaResult<unknown> | Promise<StandardSchemaResult<unknown>>,
): result is Promise<StandardSchemaResult<unknown>> {
  return "then" in result;
}
