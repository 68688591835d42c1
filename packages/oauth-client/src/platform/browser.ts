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
export function isNode({ process, Bun, Deno }: RuntimeGlobals): boolean {
  return typeof process?.versions?.node === "string" && Bun === undefined && Deno === undefined;
}

/**
 * Tells whether code runs where its user can read it.
 *
 * A `window` or a `document` proves nothing, since tests and server-side rendering make them; a server is known by its
 * own marks.
 */
export function isBrowser(globals: RuntimeGlobals): boolean {
  const { process, Deno, Bun, navigator, EdgeRuntime, document, WorkerGlobalScope } = globals;
  if (process?.type === "renderer") return true;
  const isServer =
    typeof process?.versions?.node === "string" ||
    Deno !== undefined ||
    Bun !== undefined ||
    EdgeRuntime !== undefined ||
    navigator?.userAgent === "Cloudflare-Workers";
  return !isServer && (document !== undefined || WorkerGlobalScope !== undefined);
}
