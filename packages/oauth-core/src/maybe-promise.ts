/** A value now, or later: synchronous engines answer at once, portable ones in a promise. */
export type MaybePromise<Value> = Value | Promise<Value>;
