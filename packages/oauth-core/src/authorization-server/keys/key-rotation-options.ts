import { ConfigurationError } from "../../errors.ts";

/** When the server changes its signing keys by itself. */
export interface KeyRotationOptions {
  /** How long a key signs, in seconds; 600 or more. @defaultValue absent: keys change by command alone */
  readonly everySeconds?: number | undefined;

  /**
   * How long the JWKS shows a key before it signs, in seconds: at least `documentMaxAgeSeconds`, as others may keep the
   * JWKS for that long, and as much more as a node may see the changes of another late.
   *
   * @defaultValue twice `documentMaxAgeSeconds`
   */
  readonly announceSeconds?: number | undefined;
}

/** How keys rotate, defaults filled in. */
export interface KeyRotationPolicy {
  readonly everySeconds: number | undefined;
  readonly announceSeconds: number;
}

// Tokens live for an hour at most: keys that change more often than this fill the JWKS.
const minEverySeconds = 600;

/** Fills in the defaults. @throws {@link ConfigurationError} for times that would let verifiers meet a key they cannot know. */
export function resolveKeyRotation(
  { everySeconds, announceSeconds }: KeyRotationOptions,
  documentMaxAgeSeconds: number,
): KeyRotationPolicy {
  const announce = announceSeconds ?? 2 * documentMaxAgeSeconds;
  if (!Number.isInteger(announce) || announce < documentMaxAgeSeconds) {
    throw invalid(
      "announceSeconds",
      `must be a whole number of seconds, at least documentMaxAgeSeconds (${documentMaxAgeSeconds}): for that long others may not look for new keys`,
    );
  }
  const least = Math.max(minEverySeconds, announce);
  if (everySeconds !== undefined && !(Number.isInteger(everySeconds) && everySeconds >= least)) {
    throw invalid("everySeconds", `must be a whole number of seconds, ${least} or more`);
  }
  return { everySeconds, announceSeconds: announce };
}

function invalid(member: string, rule: string): ConfigurationError {
  const option = `keyRotation.${member}`;
  return new ConfigurationError(option, `${option} ${rule}`);
}
