import type { OkOutcome } from "./outcome.ts";

const stringBytes = 24;
const objectBytes = 64;
// A place in its object, the name, should it be of its own, and what describes the member where few objects have it.
const memberBytes = 64;

// An outcome of a token with one audience and without extensions, its strings aside.
const outcomeBytes = 450;

/**
 * Freezes an outcome at every level, so that no request can change what the others with its token see.
 *
 * Returns about how many bytes it holds, its texts aside: the usual sizes of V8, rounded up.
 */
export function freezeOutcome(outcome: OkOutcome): number {
  const { principal } = outcome;
  const { claims } = principal;
  const { audience, scope, confirmation, extensions } = claims;
  Object.freeze(outcome);
  Object.freeze(principal);
  Object.freeze(claims);
  Object.freeze(audience);
  Object.freeze(scope);
  let bytes = outcomeBytes + (audience.length + scope.length) * memberBytes;
  if (confirmation !== undefined) bytes += freezeDeeply(confirmation);
  if (extensions !== undefined) bytes += freezeDeeply(extensions);
  return bytes;
}

function freezeDeeply(value: unknown): number {
  if (typeof value === "string") return stringBytes;
  if (typeof value !== "object" || value === null) return 0;
  Object.freeze(value);
  let bytes = objectBytes;
  for (const member of Object.values(value)) bytes += memberBytes + freezeDeeply(member);
  return bytes;
}
