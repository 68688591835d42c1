/**
 * All of the client that no call needs before the first: it is loaded then.
 *
 * @module
 */

import type { ClientEngine, ClientEngineOptions, ClientExtras } from "./client-engine.ts";
import { createClientEngine } from "./client-engine.ts";
import type { ListenersOf } from "./events/client-events.ts";
import { createEventPublisher } from "./events/event-publisher.ts";

/** What a client was made of. */
export interface LoadEngineOptions extends Omit<ClientEngineOptions, "extras" | "events"> {
  readonly listenersOf: ListenersOf;
  readonly getStoreSecret: ClientExtras["getStoreSecret"];
  readonly sharing: "promise" | "value";
}

/** Loads what only some clients have, for those whose options ask for it, and puts the client to work. */
export async function loadEngine({
  listenersOf,
  getStoreSecret,
  sharing,
  ...made
}: LoadEngineOptions): Promise<ClientEngine> {
  const { telemetry, store, dpop } = made.options;
  const [measuring, storing, polling, proving] = await Promise.all([
    telemetry && import("./telemetry/client-telemetry.ts"),
    store && import("./sharing/token-sharing.ts"),
    sharing === "value" ? import("./tokens/value-sharing.ts") : undefined,
    dpop && import("./requests/request-proof.ts"),
  ]);
  return createClientEngine({
    ...made,
    events: createEventPublisher(listenersOf, globalThis),
    extras: { ...measuring, ...storing, ...polling, ...proving, getStoreSecret },
  });
}
