/**
 * The rules that every OAuth request body shares: which parameters may repeat, and what an empty one means.
 *
 * @module
 */

import type { ProtocolFailure, Result } from "../result.ts";
import { ok, protocolFailure } from "../result.ts";
import type { FormFields } from "./form.ts";

/** Why the parameters of a request are refused. */
export type ParameterFailure = ProtocolFailure<"parameter_repeated">;

/** The recognised parameters of one request, read by name. */
export interface FormParameters {
  /** The value, or `undefined` when the parameter is absent or empty (RFC 6749 section 3.2). */
  readonly get: (name: string) => string | undefined;

  /** All values that are not empty, of a parameter that may repeat. */
  readonly getAll: (name: string) => readonly string[];
}

/**
 * Picks the recognised parameters from a form; others are ignored, even when repeated.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-3.2 | RFC 6749 section 3.2}
 */
export function readFormParameters(
  fields: FormFields,
  names: { readonly single: ReadonlySet<string>; readonly repeatable: ReadonlySet<string> },
): Result<FormParameters, ParameterFailure> {
  const singles = new Map<string, string>();
  const repeated = new Map<string, string[]>();
  for (const [name, value] of fields) {
    if (names.single.has(name)) {
      // Repetition is counted before emptiness: `scope=&scope=x` is ambiguous too.
      if (singles.has(name)) {
        return protocolFailure(
          "parameter_repeated",
          "A parameter is included more than once",
          "RFC 6749 section 3.2",
        );
      }
      singles.set(name, value);
    } else if (names.repeatable.has(name) && value !== "") {
      const values = repeated.get(name);
      if (values === undefined) repeated.set(name, [value]);
      else values.push(value);
    }
  }
  return ok({
    get: (name) => singles.get(name) || undefined,
    getAll: (name) => repeated.get(name) ?? [],
  });
}
