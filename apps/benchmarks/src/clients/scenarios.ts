import { setTimeout as wait } from "node:timers/promises";

import type { MovableClocks } from "../observation/movable-clocks.ts";
import type { CountingServer, TokenAnswer } from "./counting-server.ts";
import { startCountingServer } from "./counting-server.ts";
import type { Count, Findings, OutageFindings } from "./findings.ts";
import type { Peer, PeerClient } from "./peer.ts";
import { findSecret } from "./secret-search.ts";

/** What the scenarios need of the process that they have to themselves. */
export interface ScenarioPorts {
  readonly clocks: MovableClocks;

  /** The reasons of the unhandled rejections so far. */
  readonly unhandled: readonly unknown[];
}

interface Scene {
  readonly server: CountingServer;
  readonly client: PeerClient;

  /** Calls at once. */
  readonly together: (calls: number) => Promise<Count>;

  /** Calls in a row, with time in between for what happens in the background. */
  readonly inTurn: (calls: number) => Promise<Count>;
}

const hour = { lifetimeSeconds: 3600, tellsLifetime: true };
const givesUpAfterMs = 10_000;

/** Puts one library through all scenarios; each begins with a new server and a new client. */
export async function observe(peer: Peer, ports: ScenarioPorts): Promise<Findings> {
  return {
    cold: await inScene(peer, hour, ({ together }) => together(50)),
    revokedTogether: await inScene(peer, hour, (scene) => revoke(scene, 0)),
    revokedStaggered: await inScene(peer, hour, (scene) => revoke(scene, 400)),
    shortLived: await inScene(peer, { ...hour, lifetimeSeconds: 30 }, ({ inTurn }) => inTurn(10)),
    unknownLifetime: await inScene(peer, { ...hour, tellsLifetime: false }, (scene) =>
      forgetLifetime(scene, ports),
    ),
    secretSeenIn: await findSecretIn(peer, ports),
    outage: [
      await inScene(peer, { ...hour, lifetimeSeconds: 600 }, (scene) => endure(scene, 555, ports)),
      await inScene(peer, { ...hour, lifetimeSeconds: 60 }, (scene) => endure(scene, 49, ports)),
    ],
  };
}

async function inScene<Finding>(
  { createClient }: Peer,
  lifetime: typeof hour,
  play: (scene: Scene) => Promise<Finding>,
): Promise<Finding> {
  const server = await startCountingServer(lifetime);
  try {
    const client = await createClient(server.servers);
    const count = async (calls: readonly Promise<unknown>[], before: number): Promise<Count> => {
      const statuses = await Promise.all(calls);
      const served = statuses.filter((status) => status === 200).length;
      return { calls: calls.length, served, tokenRequests: server.tokenRequests() - before };
    };
    return await play({
      server,
      client,
      together: (calls) =>
        count(
          Array.from({ length: calls }, () => settle(client)),
          server.tokenRequests(),
        ),
      inTurn: async (calls) => {
        const before = server.tokenRequests();
        const settled: Promise<unknown>[] = [];
        for (let call = 0; call < calls; call += 1) {
          const one = settle(client);
          await one;
          await wait(50);
          settled.push(one);
        }
        return count(settled, before);
      },
    });
  } finally {
    server.close();
  }
}

/** Resolves to the status, or to what was thrown. */
async function settle({ call }: PeerClient): Promise<unknown> {
  const timeout = new AbortController();
  const patience = wait(givesUpAfterMs, new Error("No answer"), { signal: timeout.signal });
  try {
    return await Promise.race([call(), patience]);
  } catch (error) {
    return error;
  } finally {
    patience.catch(() => undefined);
    timeout.abort();
  }
}

async function revoke({ server, together }: Scene, spreadMs: number): Promise<Count> {
  await together(1);
  server.revokeAll({ spreadMs, calls: 50 });
  return together(50);
}

async function forgetLifetime(
  { client, inTurn, together }: Scene,
  { clocks }: ScenarioPorts,
): Promise<Findings["unknownLifetime"]> {
  const count = await inTurn(5);
  clocks.advance(30 * 86_400);
  const { tokenRequests } = await together(1);
  return { ...count, keptForEver: tokenRequests === 0, events: client.events?.() ?? [] };
}

/** Lets time pass until little is left of the token, and calls while no new one can be had. */
async function endure(
  { server, client, inTurn }: Scene,
  afterSeconds: number,
  { clocks, unhandled }: ScenarioPorts,
): Promise<OutageFindings> {
  await inTurn(1);
  clocks.advance(afterSeconds);
  server.answerWith("down");
  const before = unhandled.length;
  const { calls, served } = await inTurn(3);
  return {
    calls,
    served,
    unhandledRejections: unhandled.length - before,
    events: client.events?.() ?? [],
  };
}

/** What reaches a log: what calls reject with, and what nobody catches. */
async function findSecretIn(peer: Peer, { unhandled }: ScenarioPorts): Promise<readonly string[]> {
  const found = new Set<string>();
  const answers: readonly TokenAnswer[] = ["refusal", "error page", "down"];
  for (const answer of answers) {
    await inScene(peer, hour, async ({ server, client }) => {
      server.answerWith(answer);
      const before = unhandled.length;
      const errors = [await settle(client), ...unhandled.slice(before)];
      for (const name of findSecret(errors, server.servers)) found.add(name);
    });
  }
  return [...found];
}
