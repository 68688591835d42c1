import { Buffer } from "node:buffer";

import { expect, it } from "vitest";

import type { SecretSource } from "@credicorp/oauth-client";

import type { SeenRequest } from "./support/authorization-server.ts";
import { rejectionOf, setUp } from "./support/client.ts";
import type { Setup } from "./support/client.ts";

const refusal = { status: 401, body: { error: "invalid_client" } };

/** A client with a newer and an older secret, and a server that knows some of them. */
async function setUpSecrets(
  known: readonly string[],
  secrets: readonly [SecretSource, SecretSource] = ["new-secret", "old-secret"],
): Promise<Setup & { readonly sent: () => readonly string[]; readonly known: Set<string> }> {
  const setup = await setUp({ clientSecret: secrets });
  const accepted = new Set(known);
  setup.server.script.token = (request) => (accepted.has(secretOf(request)) ? undefined : refusal);
  return { ...setup, known: accepted, sent: () => setup.server.tokenRequests().map(secretOf) };
}

function secretOf({ authorization = "" }: SeenRequest): string {
  const text = Buffer.from(authorization.replace("Basic ", ""), "base64").toString();
  return text.slice(text.indexOf(":") + 1);
}

/** Asks for a token of a scope that nobody has asked for yet, so that a request is made. */
async function obtain({ client }: Setup, scope: string): Promise<string> {
  return (await client.getToken({ scope: [scope] })).value;
}

it("CLI-33 leaves the older secret alone while the newer is good", async () => {
  await using setup = await setUpSecrets(["new-secret", "old-secret"]);

  await obtain(setup, "a");
  await obtain(setup, "b");

  expect(setup.sent()).toEqual(["new-secret", "new-secret"]);
});

it("CLI-33 tries the older secret after invalid_client, and remembers that it was taken", async () => {
  await using setup = await setUpSecrets(["old-secret"]);

  await obtain(setup, "a");
  await obtain(setup, "b");

  expect(setup.sent()).toEqual(["new-secret", "old-secret", "old-secret"]);
});

it("CLI-33 goes back to the newer secret as soon as the older one is refused", async () => {
  await using setup = await setUpSecrets(["old-secret"]);
  await obtain(setup, "a");
  setup.known.delete("old-secret");
  setup.known.add("new-secret");

  await obtain(setup, "b");
  await obtain(setup, "c");

  expect(setup.sent().slice(2)).toEqual(["old-secret", "new-secret", "new-secret"]);
});

it("CLI-33 tries a newer secret that has changed, though the older was taken", async () => {
  let newer = "new-secret";
  await using setup = await setUpSecrets(["old-secret"], [() => newer, "old-secret"]);
  await obtain(setup, "a");
  newer = "newest-secret";
  setup.known.add(newer);

  await obtain(setup, "b");

  expect(setup.sent().slice(2)).toEqual(["newest-secret"]);
});

it("CLI-33 says what the server said when neither secret is good, and when there is no older one", async () => {
  const missing = (): never => {
    throw new Error("ENOENT planted-path");
  };
  await using both = await setUpSecrets([]);
  await using one = await setUpSecrets([], ["new-secret", missing]);

  expect(await rejectionOf(obtain(both, "a"))).toMatchObject({ error: "invalid_client" });
  expect(await rejectionOf(obtain(one, "a"))).toMatchObject({ error: "invalid_client" });
  expect(both.sent()).toEqual(["new-secret", "old-secret"]);
  expect(one.sent()).toEqual(["new-secret"]);
});

it.each([
  ["a throttle", { status: 429, body: { error: "slow_down" } }],
  ["invalid_scope", { status: 400, body: { error: "invalid_scope" } }],
  ["a page with 401", { status: 401, body: "<html>" }],
])("CLI-33 does not send the older secret after %s", async (_name, answer) => {
  await using setup = await setUpSecrets([]);
  setup.server.script.token = () => answer;

  await rejectionOf(setup.client.getToken({ maxWaitMs: 50 }));

  expect(setup.sent()).not.toContain("old-secret");
});

it("CLI-25 sends both secrets by the same method", async () => {
  await using setup = await setUpSecrets([]);

  await rejectionOf(obtain(setup, "a"));

  expect(setup.server.tokenRequests().map(({ form }) => form.has("client_secret"))).toEqual([
    false,
    false,
  ]);
});

it("CLI-29 CLI-33 asks again as soon as one of the two secrets is another", async () => {
  let older = "old-secret";
  await using setup = await setUpSecrets([], ["new-secret", () => older]);
  await rejectionOf(setup.client.getToken());
  await rejectionOf(setup.client.getToken());
  expect(setup.sent()).toHaveLength(2);

  older = "older-secret";
  setup.known.add(older);

  expect((await setup.client.getToken()).value).toBe("access-token-1");
});
