/**
 * The outcome of an operation that bad input may fail: a value, never an exception.
 *
 * @module
 */

/** The operation succeeded. */
export interface Ok<Value> {
  readonly ok: true;
  readonly value: Value;
}

/** The operation failed, for the stated reason. */
export interface Failed<Failure> {
  readonly ok: false;
  readonly failure: Failure;
}

/** Either a value or the reason why there is none. */
export type Result<Value, Failure> = Ok<Value> | Failed<Failure>;

/** Why a message on the wire was refused. It never holds any of the refused input. */
export interface ProtocolFailure<Code extends string = string> {
  /** Stable; callers may switch on it. */
  readonly code: Code;

  /** One sentence for people, without input. */
  readonly message: string;

  /** The rule that was broken, such as `RFC 6749 section 5.1`. */
  readonly reference: string;
}

/** Wraps a value as a success. */
export function ok<Value>(value: Value): Ok<Value> {
  return { ok: true, value };
}

/** Wraps a reason as a failure. */
export function failed<Failure>(failure: Failure): Failed<Failure> {
  return { ok: false, failure };
}

/** Makes the failure of a wire module; modules keep theirs as constants. */
export function protocolFailure<const Code extends string>(
  code: Code,
  message: string,
  reference: string,
): Failed<ProtocolFailure<Code>> {
  return { ok: false, failure: { code, message, reference } };
}
