import { z } from "zod";

/** Settings of the process. */
export interface PartnerApiEnvironment {
  /** Origin of the authorization server whose tokens are accepted. */
  readonly issuer: string;

  /** What a token must be meant for. */
  readonly audience: string;
  readonly host: string;
  readonly port: number;
}

const environmentSchema = z.object({
  PARTNER_API_ISSUER: z.url("must be the URL of the authorization server"),
  PARTNER_API_AUDIENCE: z.url("must be the URL that tokens name as their audience"),
  PARTNER_API_HOST: z.string().min(1).default("127.0.0.1"),
  // Empty is absent: as a number it would be 0, any free port.
  PARTNER_API_PORT: z.preprocess(
    (text) => (text === "" ? undefined : text),
    z.coerce.number().int().min(0).max(65_535).default(9401),
  ),
});

/**
 * Reads the settings from the environment; issuer and audience have no default, for they decide who is trusted.
 *
 * @throws Error when a variable is missing or wrong; its message names all of them, without their values.
 */
export function readEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): PartnerApiEnvironment {
  const parsed = environmentSchema.safeParse(env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`);
    throw new Error(`The environment is incomplete: ${problems.join("; ")}`);
  }
  return {
    issuer: parsed.data.PARTNER_API_ISSUER,
    audience: parsed.data.PARTNER_API_AUDIENCE,
    host: parsed.data.PARTNER_API_HOST,
    port: parsed.data.PARTNER_API_PORT,
  };
}
