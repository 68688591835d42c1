/**
 * A sandbox as a fixture of vitest.
 *
 * @module
 */

import type { TestAPI } from "vitest";
import { test as base } from "vitest";

import type { SandboxOptions } from "../configuration/configuration.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { createSandbox } from "../sandbox/sandbox.ts";

/** What a test of {@link it} may ask for. */
export interface SandboxFixtures {
  /** What the sandbox is made with; `it.extend({ sandboxOptions: … })` gives other options. @defaultValue `{}` */
  readonly sandboxOptions: SandboxOptions;

  /** A sandbox of this test's own: made when the test asks for it, closed after it. */
  readonly sandbox: Sandbox;
}

/** The `it` of vitest, with a sandbox for each test that asks for one. */
export const it: TestAPI<SandboxFixtures> = base.extend<SandboxFixtures>({
  sandboxOptions: {},
  sandbox: async ({ sandboxOptions }, use) => {
    await using sandbox = await createSandbox(sandboxOptions);
    await use(sandbox);
  },
});
