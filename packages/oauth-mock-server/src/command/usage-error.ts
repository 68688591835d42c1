/** A mistake of whoever started the command, which the message says how to put right. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
