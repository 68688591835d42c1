/** The globals that tell runtimes apart. */
export interface RuntimeGlobals {
  readonly process?: { readonly versions?: { readonly node?: unknown }; readonly type?: unknown };
  readonly Deno?: unknown;
  readonly Bun?: unknown;
  readonly navigator?: { readonly userAgent?: unknown };
  readonly EdgeRuntime?: unknown;
  readonly document?: unknown;
  readonly WorkerGlobalScope?: unknown;
}

/** Tells Node from everything that only resembles it. */
export function isNode(globals: RuntimeGlobals): boolean {
  const { process, Bun, Deno } = globals;
  if (typeof process?.versions?.node !== "string" || isWorkers(globals)) return false;
  return Bun === undefined && Deno === undefined;
}

/** Tells Cloudflare Workers, where a request may not await what another has begun, and ends with all that it has begun. */
export function isWorkers({ navigator }: RuntimeGlobals): boolean {
  return navigator?.userAgent === "Cloudflare-Workers";
}

/**
 * Tells whether code runs where its user can read it.
 *
 * A `window` or a `document` proves nothing, since tests and server-side rendering make them; a server is known by its
 * own marks.
 */
export function isBrowser(globals: RuntimeGlobals): boolean {
  const { process, Deno, Bun, EdgeRuntime, document, WorkerGlobalScope } = globals;
  if (process?.type === "renderer") return true;
  const isServer =
    typeof process?.versions?.node === "string" ||
    Deno !== undefined ||
    Bun !== undefined ||
    EdgeRuntime !== undefined ||
    isWorkers(globals);
  return !isServer && (document !== undefined || WorkerGlobalScope !== undefined);
}
