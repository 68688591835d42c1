import type { Pool } from "undici";

/** What to send, over and over. */
export interface Load {
  readonly pool: Pool;
  readonly path: string;
  readonly body: string;

  /** How many requests are under way at a time, each on a connection of its own. */
  readonly connections: number;
  readonly durationMs: number;
}

/** Sends token requests for a while; resolves to answers per second. @throws Error when an answer is not a 200. */
export async function measureThroughput(load: Load): Promise<number> {
  const { connections, durationMs } = load;
  const startedAtMs = performance.now();
  const endsAtMs = startedAtMs + durationMs;
  let answers = 0;

  const repeat = async (): Promise<void> => {
    while (performance.now() < endsAtMs) {
      await sendTokenRequest(load);
      answers += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, repeat));
  return (answers * 1000) / (performance.now() - startedAtMs);
}

async function sendTokenRequest({ pool, path, body }: Load): Promise<void> {
  const response = await pool.request({
    method: "POST",
    path,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body,
  });
  const answer = await response.body.text();
  if (response.statusCode !== 200 || !answer.includes('"access_token"')) {
    throw new Error(`A token request was answered with ${response.statusCode}`);
  }
}
