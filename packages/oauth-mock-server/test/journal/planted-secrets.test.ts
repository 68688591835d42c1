import { createControlledClock } from "@credicorp/oauth-core/testing";
import { createSandbox, formatExplanation } from "@credicorp/oauth-mock-server";
import { describe, expect, it, onTestFinished } from "vitest";

import { adminOf } from "../support/admin.ts";
import { encodings, places, plantSecrets } from "../support/planted-secrets.ts";

// So much of a secret is in nothing else, and would be of use to nobody.
const pieceLength = 12;

/** Finds a piece of a text in another one, whatever became of its case. */
function findPiece(text: string, shown: string): string | undefined {
  const [piecesOf, searched] = [text.toLowerCase(), shown.toLowerCase()];
  for (let start = 0; start <= piecesOf.length - pieceLength; start += 1) {
    const piece = piecesOf.slice(start, start + pieceLength);
    if (searched.includes(piece)) return piece;
  }
  return undefined;
}

describe("a secret that the sandbox knows, put where it does not belong", () => {
  it.each([...places])("is shown nowhere: in %s", async (_where, place) => {
    const events: unknown[] = [];
    const sandbox = await createSandbox({
      clock: createControlledClock(),
      additionalAlgorithms: [],
      limits: { token: null, address: null, failedAuthentication: null },
      audit: (event) => void events.push(event),
    });
    onTestFinished(() => sandbox.close());
    const namespace = await sandbox.namespaces.create("other");
    const planted = await plantSecrets(sandbox, namespace);
    const onTerminal: string[] = [];
    sandbox.explanations.subscribe((one) => void onTerminal.push(formatExplanation(one)));
    sandbox.requests.clear();
    const sent: string[] = [];
    for (const secret of planted.values()) {
      for (const encode of encodings.values()) {
        sent.push(encode(secret));
        await sandbox.handle(place(encode(secret)));
      }
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
        ].join("\n");
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
    ].join("\n");

    const found: string[] = [];
    let turn = 0;
    for (const [kind, secret] of planted) {
      for (const encoding of encodings.keys()) {
        for (const text of [secret, sent[turn] ?? ""]) {
          const piece =
            findPiece(text, shown[turn] ?? "") ?? (findPiece(text, together) && "in all");
          if (piece !== undefined) found.push(`${kind}, ${encoding}: ${piece}`);
        }
        turn += 1;
      }
    }
    expect(found).toEqual([]);
  });
});
