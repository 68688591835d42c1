import type { VerifierEvent } from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";
import { expect, it } from "vitest";

import { createIssuerKey, startIssuer } from "../support/issuer.ts";
import { describeOutcome } from "../support/set-up.ts";

const secret = "an-example-secret-of-32-letters-or-more";
const audience = "https://api.example";

/** Two issuers, each with its own key under the same id. */
async function startTwo() {
  const first = await startIssuer([createIssuerKey("k1")]);
  const second = await startIssuer([createIssuerKey("k1")]);
  const sign = (issuer: typeof first, change: object = {}): string =>
    issuer.keys[0]?.sign(issuer.claims(change)) ?? "";
  return { first, second, sign };
}

it("ATK-15 explains a token by the keys of the issuer that it names", async () => {
  const { first, second, sign } = await startTwo();
  const verifier = createVerifier({
    issuers: [
      { issuer: first.url, audience },
      { issuer: second.url, audience: "https://other.example" },
    ],
  });

  expect((await verifier.explain(sign(first))).verdict).toEqual({ kind: "ok" });
  expect(await verifier.explain(sign(second))).toMatchObject({ decidedBy: "audience" });
  expect(await verifier.explain(sign(first, { iss: second.url }))).toMatchObject({
    decidedBy: "signature",
  });
  const stranger = await verifier.explain(sign(first, { iss: "https://evil.example" }));
  expect(stranger.decidedBy).toBe("issuer");
  expect(stranger.keySet).toBeUndefined();
});

it("ATK-15 carries the keys of all issuers over a restart, each to its own", async () => {
  const { first, second, sign } = await startTwo();
  const issuers = [first, second].map(({ url }) => ({ issuer: url, audience }));
  const before = createVerifier({ issuers });
  await before.ready();
  const exported: unknown = JSON.parse(JSON.stringify(await before.exportKeys({ secret })));
  await first.setDown(true);
  await second.setDown(true);
  const after = createVerifier({ issuers, initialKeys: { exported, secret } });

  expect(describeOutcome(await after.verifyToken(sign(first)))).toBe("ok");
  expect(describeOutcome(await after.verifyToken(sign(second)))).toBe("ok");
  const crossed = sign(first, { iss: second.url });
  expect(describeOutcome(await after.verifyToken(crossed))).toBe("rejected: signature");
});

it("tries out a policy of one issuer alone, and names it in every event", async () => {
  const { first, second, sign } = await startTwo();
  const reports: unknown[] = [];
  const verifier = createVerifier({
    issuers: [
      {
        issuer: first.url,
        audience,
        reportOnly: { audience: "urn:new", onReport: (found) => reports.push(found) },
      },
      { issuer: second.url, audience },
    ],
  });
  const events: VerifierEvent[] = [];
  verifier.subscribe((event) => events.push(event));
  await verifier.verifyToken(sign(first));
  await verifier.verifyToken(sign(second));

  await expect.poll(() => reports).toHaveLength(1);
  expect(events.filter(({ type }) => type === "policy_differs")).toMatchObject([
    { issuer: first.url, judged: 1 },
  ]);
  expect(new Set(events.map(({ issuer }) => issuer))).toEqual(new Set([first.url, second.url]));
  const { issuers } = verifier.health();
  expect(issuers[first.url]?.reportOnly).toMatchObject({ judged: 1 });
  expect(issuers[second.url]?.reportOnly).toBeUndefined();
});

it.each([
  ["issuers[0].reportOnly.audience", { reportOnly: { audience: "" } }],
  ["issuers[0].reportOnly.algorithms", { reportOnly: { algorithms: ["ES512"] } }],
])("ATK-36 names the issuer whose option is wrong: %s", (option, change) => {
  const issuer = { issuer: "https://as.example", audience, ...change };

  expect(() => createVerifier({ issuers: [issuer as never] })).toThrow(
    expect.objectContaining({ option }),
  );
});

it("ATK-36 refuses reportOnly beside the list of issuers", () => {
  const options = { issuers: [{ issuer: "https://as.example", audience }], reportOnly: {} };

  expect(() => createVerifier(options)).toThrow(expect.objectContaining({ option: "reportOnly" }));
});
