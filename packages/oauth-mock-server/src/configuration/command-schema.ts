import { z } from "zod";

import { maxDrainSeconds } from "./command-limits.ts";

const text = z.string().min(1);
const port = z.number().int().min(0).max(65_535);

/** What a configuration file may say to the command alone, as its options do; options and the environment come first. */
export interface CommandConfiguration {
  readonly port?: number | undefined;
  readonly host?: string | undefined;

  /** What the admin API is to be called with. */
  readonly adminToken?: string | undefined;

  /** A port of its own for the admin API. */
  readonly adminPort?: number | undefined;

  /** Serves https with a certificate that is made at the start. */
  readonly tls?: boolean | undefined;

  /** Where that certificate is written to. */
  readonly tlsDir?: string | undefined;
  readonly watch?: boolean | undefined;
  readonly log?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly drainSeconds?: number | undefined;
}

export const commandSchema: z.ZodType<CommandConfiguration> = z.strictObject({
  port: port.optional(),
  host: text.optional(),
  adminToken: text.optional(),
  adminPort: port.optional(),
  tls: z.boolean().optional(),
  tlsDir: text.optional(),
  watch: z.boolean().optional(),
  log: z.boolean().optional(),
  quiet: z.boolean().optional(),
  drainSeconds: z.number().int().min(0).max(maxDrainSeconds).optional(),
});
