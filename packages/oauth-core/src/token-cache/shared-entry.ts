import { formatAuthorization } from "../protocol/authorization-header.ts";
import type { JsonObject } from "../protocol/json.ts";
import { ownMember, ownText, ownTexts, parseJsonObject } from "../protocol/json.ts";
import type { AccessToken, Instant } from "./access-token.ts";
import { ageMs } from "./access-token.ts";
import { planRefresh } from "./freshness.ts";

// Clocks of two machines differ a little. A token from further in the future has an age that nobody knows.
const maxClockDifferenceSeconds = 5;

/**
 * Writes a token for other processes; instants are those of the wall clock, since no process knows another's monotonic
 * one.
 *
 * The text holds the token itself: encrypt it before it leaves the process.
 */
export function formatSharedToken(token: AccessToken): string {
  const { value, tokenType, scope, requestedAt, lifetimeMs, lifetimeSource } = token;
  return JSON.stringify({
    version: 1,
    value,
    tokenType,
    scope,
    requestedAt: requestedAt.epochSeconds,
    lifetimeMs,
    lifetimeSource,
  });
}

/**
 * Reads what {@link formatSharedToken} wrote in another process; `undefined` for anything else.
 *
 * Its age by the wall clock becomes its age by the monotonic one, so that from here on both count.
 */
export function parseSharedToken(
  text: string,
  { requestedScope, now }: { readonly requestedScope: readonly string[]; readonly now: Instant },
): AccessToken | undefined {
  const members = parseJsonObject(text);
  if (members === undefined || ownMember(members, "version") !== 1) return undefined;
  const value = ownText(members, "value");
  const tokenType = ownMember(members, "tokenType");
  const scope = ownTexts(members, "scope");
  const writtenAt = ownNumber(members, "requestedAt");
  const lifetimeMs = ownNumber(members, "lifetimeMs");
  const lifetimeSource = ownMember(members, "lifetimeSource");
  if (value === undefined || scope === undefined) return undefined;
  if (tokenType !== "Bearer" && tokenType !== "DPoP") return undefined;
  if (!isLifetimeSource(lifetimeSource)) return undefined;
  if (writtenAt === undefined || lifetimeMs === undefined || lifetimeMs <= 0) return undefined;
  if (writtenAt - now.epochSeconds > maxClockDifferenceSeconds) return undefined;
  const epochSeconds = Math.min(writtenAt, now.epochSeconds);
  const elapsedMs = (now.epochSeconds - epochSeconds) * 1000;
  return Object.freeze({
    value,
    tokenType,
    authorization: formatAuthorization(tokenType, value),
    scope: Object.freeze([...scope]),
    requestedScope,
    requestedAt: { monotonicMs: now.monotonicMs - elapsedMs, epochSeconds },
    lifetimeMs,
    lifetimeSource,
    expiresAt: epochSeconds + lifetimeMs / 1000,
  });
}

/** Tells whether a token was asked for later than another, and is another one. */
export function isNewer(token: AccessToken, than: AccessToken | undefined): boolean {
  if (than === undefined) return true;
  return (
    token.value !== than.value && token.requestedAt.epochSeconds > than.requestedAt.epochSeconds
  );
}

/** Tells whether a token that another process has asked for saves a request: callers would not wait for another yet. */
export function isWorthTaking(token: AccessToken, now: Instant): boolean {
  const { urgentAfterMs } = planRefresh(token.lifetimeMs, { fraction: 0, isFirst: false });
  return ageMs(token, now) < urgentAfterMs;
}

function ownNumber(members: JsonObject, name: string): number | undefined {
  const value = ownMember(members, name);
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function isLifetimeSource(value: unknown): value is AccessToken["lifetimeSource"] {
  return value === "expires_in" || value === "jwt_exp" || value === "assumed";
}
