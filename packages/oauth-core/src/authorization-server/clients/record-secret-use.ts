import type { RecordStore } from "../../ports.ts";
import type { AuthenticatedClient } from "./authenticate-client.ts";
import type { ClientRecord } from "./client-record.ts";

const flushSeconds = 60;

/**
 * Writes when a secret was last used, if one was, at most once a minute.
 *
 * The date is for operators who retire secrets: where another node was quicker, its date is as good as ours.
 */
export async function recordSecretUse(
  { row, secret }: AuthenticatedClient,
  clients: RecordStore<ClientRecord>,
  now: number,
): Promise<void> {
  if (secret === undefined) return;
  const { lastUsedAt } = secret;
  if (lastUsedAt !== undefined && now - lastUsedAt < flushSeconds && now >= lastUsedAt) return;
  const secrets = row.value.secrets.map((other) =>
    other === secret ? { ...other, lastUsedAt: Math.floor(now) } : other,
  );
  await clients.compareAndSet(row.id, row.version, { ...row.value, secrets });
}
