import type { RecordStore, VersionedRecord } from "../../ports.ts";
import type { ClientRecord, ClientSecret } from "./client-record.ts";

const flushSeconds = 60;

/**
 * Writes when a secret was last used, at most once a minute.
 *
 * The date is for operators who retire secrets: where another node was quicker, its date is as good as ours.
 */
export async function recordSecretUse(
  client: { readonly row: VersionedRecord<ClientRecord>; readonly secret: ClientSecret },
  clients: RecordStore<ClientRecord>,
  now: number,
): Promise<void> {
  const { row, secret } = client;
  const { lastUsedAt } = secret;
  if (lastUsedAt !== undefined && now - lastUsedAt < flushSeconds && now >= lastUsedAt) return;
  const secrets = row.value.secrets.map((other) =>
    other === secret ? { ...other, lastUsedAt: Math.floor(now) } : other,
  );
  await clients.compareAndSet(row.id, row.version, { ...row.value, secrets });
}
