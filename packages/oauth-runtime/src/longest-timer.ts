/** The longest delay, in milliseconds, that a timer of the platform can have: it fires at once for anything longer. */
export const longestTimerMs: number = 2 ** 31 - 1;
