/**
 * A sandbox in a test of `node:test`.
 *
 * @module
 */

import type { SandboxOptions } from "../configuration/configuration.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { createSandbox } from "../sandbox/sandbox.ts";

/** What is needed of a test of `node:test`: a place for what is to be done after it. */
export interface EndingTest {
  readonly after: (end: () => Promise<void>) => void;
}

/** Makes a sandbox of this test's own, which is closed when the test, or the suite, has ended. */
export async function withSandbox(
  test: EndingTest,
  options: SandboxOptions = {},
): Promise<Sandbox> {
  const sandbox = await createSandbox(options);
  test.after(() => sandbox.close());
  return sandbox;
}
