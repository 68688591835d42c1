import { z } from "zod";

import { maxDrainSeconds } from "./command-limits.ts";

const text = z.string().min(1);

/** What a configuration file may say to the command alone, as its options do; options and the environment come first. */
export interface CommandConfiguration {
  readonly port?: number | undefined;
  readonly host?: string | undefined;

  /** What the admin API is to be called with. */
  readonly adminToken?: string | undefined;

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
  port: z.number().int().min(0).max(65_535).optional(),
  host: text.optional(),
  adminToken: text.optional(),
  tls: z.boolean().optional(),
  tlsDir: text.optional(),
  watch: z.boolean().optional(),
  log: z.boolean().optional(),
  quiet: z.boolean().optional(),
  drainSeconds: z.number().int().min(0).max(maxDrainSeconds).optional(),
});
