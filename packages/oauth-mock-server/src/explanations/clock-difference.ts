import type { JwtFacts } from "./facts.ts";
import { formatSpan } from "./wording.ts";

/** What a JWT tells about the clock of whoever made it, and what its age tells. */
export function describeAge(jwt: JwtFacts | undefined, now: number): string {
  const { issuedAt, expiresAt } = jwt ?? {};
  const ended = expiresAt === undefined ? "" : `it ended ${formatSpan(now - expiresAt)} ago`;
  if (issuedAt === undefined) return ended === "" ? "its dates cannot be read" : ended;
  const behind = Math.round(now - issuedAt);
  return `${ended === "" ? "" : `${ended}; `}it is dated ${behind} s back: it was kept, or your clock is ${behind} s behind`;
}

/** How far ahead of the server the clock must be that dated a JWT. */
export function describeLead(jwt: JwtFacts | undefined, now: number): string {
  const { issuedAt = now, notBefore = now } = jwt ?? {};
  return `your clock is ${Math.round(Math.max(issuedAt, notBefore) - now)} s ahead`;
}
