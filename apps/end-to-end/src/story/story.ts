import { badSecret } from "./bad-secret.ts";
import { discovery } from "./discovery.ts";
import { expiredToken } from "./expired-token.ts";
import { firstToken } from "./first-token.ts";
import { hundredCalls } from "./hundred-calls.ts";
import { introspection } from "./introspection.ts";
import { rateLimit } from "./rate-limit.ts";
import { revokedToken } from "./revoked-token.ts";
import { rotatedKey } from "./rotated-key.ts";
import type { StoryStep } from "./step.ts";
import { wrongScope } from "./wrong-scope.ts";

/** The whole story. Each step opens clients of its own, so that any of them may be run alone. */
export const story: readonly StoryStep[] = [
  discovery,
  firstToken,
  hundredCalls,
  wrongScope,
  expiredToken,
  rotatedKey,
  revokedToken,
  introspection,
  rateLimit,
  badSecret,
];
