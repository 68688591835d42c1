import type { RecordStore, VersionedRecord } from "../../ports.ts";
import type { ServerContext } from "../server-context.ts";
import { StoreUnavailableError } from "../../stores/store-unavailable.ts";
import type { AuthenticatedClient } from "./authenticate-client.ts";
import type { ClientRecord } from "./client-record.ts";

const flushSeconds = 60;

/** Where others write as well: once for each secret that is used at the same moment, and one for an operator. */
const maxAttempts = 4;

/**
 * Writes when a secret was last used, if one was, at most once a minute.
 *
 * The date is for operators who retire secrets: what it is written into is always the record of that moment, so that
 * no change of an operator is undone.
 */
export async function recordSecretUse(
  authenticated: AuthenticatedClient,
  { ports, reportAside }: Pick<ServerContext, "ports" | "reportAside">,
  now: number,
): Promise<void> {
  if (authenticated.secret === undefined) return;
  try {
    await writeLastUse(authenticated, ports.clients, now);
  } catch (cause) {
    // A date is no reason to refuse a client that has proven itself.
    if (!(cause instanceof StoreUnavailableError)) throw cause;
    reportAside({ type: "secret_use_not_recorded", clientId: authenticated.row.id, cause });
  }
}

async function writeLastUse(
  { row, secret }: AuthenticatedClient,
  clients: RecordStore<ClientRecord>,
  now: number,
): Promise<void> {
  let current: VersionedRecord<ClientRecord> | undefined = row;
  for (let attempt = 1; current !== undefined && attempt <= maxAttempts; attempt += 1) {
    const used = current.value.secrets.find(({ digest }) => digest === secret?.digest);
    const { lastUsedAt = -Infinity } = used ?? {};
    if (used === undefined || (now - lastUsedAt < flushSeconds && now >= lastUsedAt)) return;
    const secrets = current.value.secrets.map((other) =>
      other === used ? { ...other, lastUsedAt: Math.floor(now) } : other,
    );
    const next = { ...current.value, secrets };
    if (await clients.compareAndSet(row.id, current.version, next)) return;
    current = await clients.get(row.id);
  }
}
