const units = [
  { name: "day", seconds: 86_400 },
  { name: "hour", seconds: 3600 },
  { name: "minute", seconds: 60 },
] as const;

/** Writes a length of time as people say it: `3 minutes`; less than two minutes in seconds. */
export function formatSpan(seconds: number): string {
  const unit = units.find((one) => seconds >= 2 * one.seconds);
  const amount = Math.max(0, Math.round(unit === undefined ? seconds : seconds / unit.seconds));
  const name = unit?.name ?? "second";
  return `${amount} ${name}${amount === 1 ? "" : "s"}`;
}

/** Writes how long ago, or how far ahead, an instant is. */
export function formatMoment(at: number, now: number): string {
  return at <= now ? `${formatSpan(now - at)} ago` : `in ${formatSpan(at - now)}`;
}

/** Writes names as a list. */
export function formatList(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.join(", ");
}
