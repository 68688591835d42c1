import { createSandbox, defaultClients } from "@credicorp/oauth-mock-server";
import { expect, it, onTestFinished } from "vitest";

import { basic } from "./support/requests.ts";

it("INT-13 signs introspection answers as a client asks, with a key made for it, whenever it was created", async () => {
  const client = {
    tokenEndpointAuthMethod: "client_secret_basic",
    introspectionSignedResponseAlgorithm: "Ed25519",
  } as const;
  const sandbox = await createSandbox({
    clients: [...defaultClients, { ...client, id: "configured" }],
  });
  const laterSandbox = await createSandbox();
  onTestFinished(async () => {
    await sandbox.close();
    await laterSandbox.close();
  });
  await laterSandbox.clients.create({ ...client, id: "created" });

  for (const [{ clients, fetch }, id] of [
    [sandbox, "configured"],
    [laterSandbox, "created"],
  ] as const) {
    const response = await fetch("/partner/v1/oauth/introspect", {
      method: "POST",
      headers: {
        authorization: basic(clients.get(id)),
        accept: "application/token-introspection+jwt",
      },
      body: new URLSearchParams({ token: "x" }),
    });

    const [header = ""] = (await response.text()).split(".");
    expect(JSON.parse(Buffer.from(header, "base64url").toString("utf8"))).toMatchObject({
      alg: "Ed25519",
      typ: "token-introspection+jwt",
    });
  }
});
