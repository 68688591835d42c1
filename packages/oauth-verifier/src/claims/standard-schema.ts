/**
 * Standard Schema, version 1: what zod, valibot, ArkType and others have in common.
 *
 * The types of the specification, which asks to be copied, as far as they are needed here.
 *
 * @see {@link https://standardschema.dev | Standard Schema}
 * @module
 */

/** A schema that reads any value as an `Output`. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": StandardSchemaProps<Input, Output>;
}

/** What the specification asks of a schema. */
export interface StandardSchemaProps<Input = unknown, Output = Input> {
  readonly version: 1;
  readonly vendor: string;
  readonly validate: (
    value: unknown,
  ) => StandardSchemaResult<Output> | Promise<StandardSchemaResult<Output>>;

  /** For the compiler alone. */
  readonly types?: { readonly input: Input; readonly output: Output } | undefined;
}

/** What a schema makes of a value; there are issues when it does not fit. */
export type StandardSchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] };
