import { createControlledClock } from "@credicorp/oauth-core/testing";
import { createSandbox, formatExplanation } from "@credicorp/oauth-mock-server";
import { describe, expect, it, onTestFinished } from "vitest";

import { adminOf } from "../support/admin.ts";
import { sendRaw } from "../support/requests.ts";
import { encodings, places, plantSecrets } from "../support/planted-secrets.ts";

// So much of a secret is in nothing else, and would be of use to nobody.
const pieceLength = 12;

/** Finds a piece of a text in another one, which is in small letters: some places change the case. */
function findPiece(text: string, shown: string): string | undefined {
  const searched = text.toLowerCase();
  for (let start = 0; start <= searched.length - pieceLength; start += pieceLength / 4) {
    const piece = searched.slice(start, start + pieceLength);
    if (shown.includes(piece)) return piece;
  }
  return undefined;
}

describe("a secret that the sandbox knows, put where it does not belong", () => {
  it.each([...places])("is shown nowhere: in %s", async (where, place) => {
    const events: unknown[] = [];
    const sandbox = await createSandbox({
      clock: createControlledClock(),
      additionalAlgorithms: [],
      seed: 1,
      limits: { token: null, address: null, failedAuthentication: null },
      audit: (event) => void events.push(event),
    });
    onTestFinished(() => sandbox.close());
    const namespace = await sandbox.namespaces.create("other");
    const planted = await plantSecrets(sandbox, namespace);
    const onTerminal: string[] = [];
    sandbox.explanations.subscribe((one) => void onTerminal.push(formatExplanation(one)));
    sandbox.requests.clear();
    // Every third way to write each of them; the next place begins with another one.
    const sent: { readonly kind: string; readonly secret: string; readonly text: string }[] = [];
    let turn = [...places.keys()].indexOf(where);
    for (const [kind, secret] of planted) {
      for (const [encoding, encode] of encodings) {
        turn += 1;
        if (turn % 3 > 0) continue;
        const text = encode(secret);
        sent.push({ kind: `${kind}, ${encoding}`, secret, text });
        await sandbox.handle(place(text));
      }
      turn += 1;
    }

    const entries = sandbox.requests.list();
    expect(entries).toHaveLength(sent.length);
    const admin = adminOf(sandbox);
    const shown = await Promise.all(
      entries.map(async (entry) => {
        const { requestId = "" } = entry;
        const explanation = await sandbox.explanations.explain(requestId);
        return [
          JSON.stringify(entry),
          sandbox.requests.toCurl(entry),
          JSON.stringify(explanation ?? ""),
          explanation === undefined ? "" : formatExplanation(explanation),
        ]
          .join("\n")
          .toLowerCase();
      }),
    );
    await expect.poll(() => onTerminal.length).toBeGreaterThan(0);
    const together = [
      JSON.stringify(sandbox.requests.toHar()),
      JSON.stringify(events),
      onTerminal.join("\n"),
      JSON.stringify((await admin("GET", "/requests?limit=1000")).value),
      JSON.stringify((await admin("GET", "/requests/har")).value),
      JSON.stringify((await admin("GET", "/decisions")).value),
      await (
        await sandbox.fetch("/metrics", {
          headers: { authorization: `Bearer ${sandbox.adminToken}` },
        })
      ).text(),
    ]
      .join("\n")
      .toLowerCase();

    const found: string[] = [];
    for (const [kind, secret] of planted) {
      // Names of metrics begin as secrets do that the sandbox makes.
      const piece = findPiece(secret.replace(/^.*?sandbox_/, ""), together);
      if (piece !== undefined) found.push(`${kind}, in all: ${piece}`);
    }
    for (const [index, { kind, secret, text }] of sent.entries()) {
      const own = shown[index] ?? "";
      const piece = findPiece(secret, own) ?? findPiece(text, own);
      if (piece !== undefined) found.push(`${kind}: ${piece}`);
    }
    expect(found).toEqual([]);
  });
});

it("takes the address of a proxy where what it forwards is none", async () => {
  const events: unknown[] = [];
  const sandbox = await createSandbox({
    additionalAlgorithms: [],
    trustedProxies: ["127.0.0.1"],
    audit: (event) => void events.push(event),
  });
  onTestFinished(() => sandbox.close());
  const { url } = await sandbox.listen({ port: 0, host: "127.0.0.1" });
  const { secret } = sandbox.clients.get("partner-basic");

  for (const forwarded of [secret, "203.0.113.7"]) {
    await sendRaw(url, { path: "/nowhere", headers: ["X-Forwarded-For", forwarded] });
  }

  const addresses = sandbox.requests.list().map(({ request }) => request.address);
  expect(addresses).toEqual(["127.0.0.1", "203.0.113.7"]);
  expect(JSON.stringify(events)).not.toContain(secret);
});
