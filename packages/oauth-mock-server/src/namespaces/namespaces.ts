import { ConfigurationError } from "@credicorp/oauth-core";

import { checkCounts } from "../http/check-counts.ts";
import { isNamespaceName } from "./namespace-path.ts";

/** How many namespaces there may be, and how long one is kept that nobody uses. */
export interface NamespaceBounds {
  /** @defaultValue 100 */
  readonly max?: number | undefined;

  /** Real time since the last request, whatever the clocks of sandboxes say. @defaultValue 3600 */
  readonly idleSeconds?: number | undefined;
}

/** Whatever is kept under a name. */
export interface Closable {
  readonly close: () => Promise<void>;
}

/** Things under names: as many as there may be, each for as long as it is used. */
export interface Namespaces<Space extends Closable, Options> {
  /**
   * Is to be called for one after the other, never two at a time.
   *
   * @throws {@link ConfigurationError} when the name is none, or taken, or when there are too many
   */
  readonly create: (name: string, options?: Options) => Promise<Space>;

  /** Counts as a use. */
  readonly find: (name: string) => Space | undefined;
  readonly list: () => readonly Space[];

  /** Tells whether there was one. */
  readonly delete: (name: string) => Promise<boolean>;
  readonly closeAll: () => Promise<void>;
}

interface Kept<Space> {
  readonly space: Space;
  usedAtMs: number;
}

/** Makes namespaces; `open` makes what is in one. Nothing runs between the calls: what is idle goes with the next one. */
export function createNamespaces<Space extends Closable, Options>(
  open: (name: string, options: Options | undefined) => Promise<Space>,
  {
    max = 100,
    idleSeconds = 3600,
    monotonicMs,
  }: NamespaceBounds & { readonly monotonicMs: () => number },
): Namespaces<Space, Options> {
  checkCounts("namespaces", { max, idleSeconds });
  const spaces = new Map<string, Kept<Space>>();
  let isClosed = false;

  const dropIdle = async (): Promise<void> => {
    const before = monotonicMs() - idleSeconds * 1000;
    const idle = [...spaces].filter(([, { usedAtMs }]) => usedAtMs < before);
    for (const [name] of idle) spaces.delete(name);
    await Promise.all(idle.map(([, { space }]) => space.close()));
  };
  const check = (name: string): void => {
    if (!isNamespaceName(name)) {
      throw new ConfigurationError(
        "name",
        "name must be 1 to 63 lower-case letters, digits and hyphens, with no hyphen at either end",
      );
    }
    if (spaces.has(name)) {
      throw new ConfigurationError("name", `name ${name} is taken: delete that namespace first`);
    }
    if (spaces.size >= max) {
      throw new ConfigurationError(
        "namespaces",
        `There are ${max} namespaces, and no more are allowed: delete one`,
      );
    }
  };

  return {
    create: async (name, options) => {
      await dropIdle();
      check(name);
      const space = await open(name, options);
      if (isClosed) {
        await space.close();
        throw new ConfigurationError("namespaces", "The sandbox is closed");
      }
      spaces.set(name, { space, usedAtMs: monotonicMs() });
      return space;
    },
    find: (name) => {
      const kept = spaces.get(name);
      if (kept === undefined) return undefined;
      const now = monotonicMs();
      if (now - kept.usedAtMs > idleSeconds * 1000) {
        spaces.delete(name);
        void kept.space.close();
        return undefined;
      }
      kept.usedAtMs = now;
      return kept.space;
    },
    list: () => [...spaces.values()].map(({ space }) => space),
    delete: async (name) => {
      const kept = spaces.get(name);
      spaces.delete(name);
      await kept?.space.close();
      return kept !== undefined;
    },
    closeAll: async () => {
      isClosed = true;
      const all = [...spaces.values()];
      spaces.clear();
      await Promise.all(all.map(({ space }) => space.close()));
    },
  };
}
