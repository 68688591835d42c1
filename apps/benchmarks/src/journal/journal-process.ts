/**
 * A sandbox that issues tokens with no port, and nothing else: its argument is how many entries its journal has room for.
 *
 * It fills its journal, tells its parent that it is ready, and for each number that it is sent issues so many tokens and
 * tells the CPU time that they took.
 *
 * @module
 */

import { createSandbox } from "@credicorp/oauth-mock-server";

import { benchmarkClient } from "../token-endpoint/benchmark-client.ts";

const concurrency = 50;
const fillingRequests = 15_000;

const [, , maxEntries] = process.argv;
const { id, secret, scope } = benchmarkClient;
const sandbox = await createSandbox({
  additionalAlgorithms: [],
  clients: [{ id, secret, scope: scope.split(" "), tokenEndpointAuthMethod: "client_secret_post" }],
  limits: { token: null, address: null },
  journal: { maxEntries: Number(maxEntries) },
});
const fields = Buffer.from(
  "Host: localhost\nContent-Type: application/x-www-form-urlencoded\nAccept: application/json\nConnection: keep-alive",
);
const body = Buffer.from(
  new URLSearchParams({
    grant_type: "client_credentials",
    client_id: id,
    client_secret: secret,
    scope,
  }).toString(),
);

async function issueToken(): Promise<void> {
  const { status } = await sandbox.handle({
    method: "POST",
    target: "/partner/v1/oauth/token",
    // New strings and bytes each time, as from a socket: what is kept of them is what is measured.
    headers: fields
      .toString("latin1")
      .split("\n")
      .map((field) => field.split(": ") as [string, string]),
    body: Buffer.from(body),
    peer: { address: "127.0.0.1", secure: false },
  });
  if (status !== 200) throw new Error(`A token request was answered with ${status}`);
}

/** Resolves to the CPU time of all threads of this process. */
async function issueTokens(count: number): Promise<number> {
  const before = process.cpuUsage();
  let left = count;
  const repeat = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await issueToken();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, repeat));
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

await issueTokens(fillingRequests);
process.on("message", (count) => {
  void issueTokens(Number(count)).then((cpuMicroseconds) => process.send?.({ cpuMicroseconds }));
});
process.once("disconnect", () => process.exit());
process.send?.({ entries: sandbox.requests.count() });
