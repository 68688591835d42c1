import { createHmac } from "node:crypto";

import { describe, expect, it } from "vitest";

import { headerValues } from "@credicorp/oauth-core";

import type { DpopSetting } from "./support/dpop-client.ts";
import { createDpopSetting } from "./support/dpop-client.ts";
import { issuer } from "./support/test-server.ts";

const client = "nonce";
const secret = "a secret that all nodes of the server have";

/** Asks without a nonce, and returns the one that is wanted. */
async function wantedNonce({ prove, ask }: DpopSetting): Promise<string> {
  return (await ask(await prove(), { client })).header("dpop-nonce") ?? "none";
}

describe("the nonces of DPoP proofs", () => {
  it("DPOP-03 DPOP-06 are asked for with 400 use_dpop_nonce and one field that no cache keeps", async () => {
    const { server, prove, ask } = await createDpopSetting();

    const response = await ask(await prove(), { client });

    expect(response).toMatchObject({ status: 400, json: { error: "use_dpop_nonce" } });
    const nonces = headerValues(response.headers, "dpop-nonce");
    expect(nonces).toHaveLength(1);
    // RFC 9449 section 8.1: 1*NQCHAR.
    expect(nonces[0]).toMatch(/^[\x21\x23-\x5b\x5d-\x7e]{43}$/);
    expect(response.header("cache-control")).toBe("no-store");
    expect(server.events.at(-1)).toMatchObject({ why: "dpop_nonce_missing", clientId: "nonce" });
  });

  it("DPOP-06 are accepted when they are repeated, and without one every time refused", async () => {
    const setting = await createDpopSetting();
    const { prove, ask } = setting;
    const nonce = await wantedNonce(setting);

    const granted = await ask(await prove({ nonce }), { client });
    const again = await ask(await prove({ nonce }), { client });
    const without = await ask(await prove(), { client });

    expect(granted).toMatchObject({ status: 200, json: { token_type: "DPoP" } });
    expect(again.status).toBe(200);
    expect(headerValues(granted.headers, "dpop-nonce")).toEqual([]);
    expect(without).toMatchObject({ status: 400, json: { error: "use_dpop_nonce" } });
  });

  it("DPOP-06 are good in their step and the next, whose nonce comes with the token", async () => {
    const setting = await createDpopSetting({ dpop: { nonceStepSeconds: 60 } });
    const { server, prove, ask } = setting;
    server.clock.setNow(1_700_000_040);
    const nonce = await wantedNonce(setting);
    const inNext = async (): Promise<ReturnType<typeof ask>> =>
      ask(await prove({ nonce }), { client });

    server.clock.advance(59.9);
    const inSameStep = await inNext();
    server.clock.advance(0.1);
    const inNextStep = await inNext();
    const [next = ""] = headerValues(inNextStep.headers, "dpop-nonce");
    server.clock.advance(59.9);
    const atItsEnd = await inNext();
    server.clock.advance(0.1);
    const tooLate = await inNext();

    expect(inSameStep.status).toBe(200);
    expect(inSameStep.header("dpop-nonce")).toBeUndefined();
    expect(inNextStep.status).toBe(200);
    expect(next).not.toBe(nonce);
    expect(atItsEnd.status).toBe(200);
    expect(tooLate).toMatchObject({ status: 400, json: { error: "use_dpop_nonce" } });
    expect(server.events.at(-1)).toMatchObject({ why: "dpop_nonce_unknown" });
    expect((await ask(await prove({ nonce: next }), { client })).status).toBe(200);
  });

  it.each(["x", "", "\u00e9", "A".repeat(43), "A".repeat(42), "A".repeat(2000), "__proto__"])(
    "DPOP-06 are not made up: %j",
    async (nonce) => {
      const { prove, ask } = await createDpopSetting();

      const response = await ask(await prove({ nonce }), { client });

      expect(response).toMatchObject({ status: 400, json: { error: "use_dpop_nonce" } });
      expect(headerValues(response.headers, "dpop-nonce")).toHaveLength(1);
    },
  );

  it("DPOP-06 are not accepted before their time", async () => {
    // Budgets are not what this is about, and they mind a clock that is set back.
    const setting = await createDpopSetting({ limits: { token: null, address: null } });
    const { server, prove, ask } = setting;
    server.clock.advance(60);
    const nonce = await wantedNonce(setting);
    server.clock.advance(-60);

    expect((await ask(await prove({ nonce }), { client })).status).toBe(400);
  });

  it("are checked wherever they are repeated, and not asked for where they need not be", async () => {
    const setting = await createDpopSetting();
    const { prove, ask } = setting;
    const nonce = await wantedNonce(setting);

    expect((await ask(await prove())).status).toBe(200);
    expect((await ask(await prove({ nonce }))).status).toBe(200);
    expect(await ask(await prove({ nonce: "made up" }))).toMatchObject({
      status: 400,
      json: { error: "use_dpop_nonce" },
    });
  });

  it.each([secret, "a longer secret than one block of the digest has room for ".repeat(3)])(
    "are HMAC-SHA-256 of the step and the issuer, as node:crypto computes it (RFC 2104)",
    async (nonceSecret) => {
      const setting = await createDpopSetting({ dpop: { nonceSecret } });
      const step = Math.floor(setting.server.clock.now() / 60);

      const nonce = await wantedNonce(setting);

      const mac = createHmac("sha256", nonceSecret).update(`dpop-nonce ${step} ${issuer}`);
      expect(nonce).toBe(mac.digest("base64url"));
    },
  );

  it("are known to every node that has the secret, and to no other", async () => {
    const nodes = await Promise.all([
      createDpopSetting({ dpop: { nonceSecret: secret } }),
      createDpopSetting({ dpop: { nonceSecret: secret } }),
      createDpopSetting({ dpop: { nonceSecret: `${secret}!` } }),
      createDpopSetting({ dpop: { nonceSecret: secret }, issuer: `${issuer}/other` }),
      createDpopSetting(),
    ]);
    const nonce = await wantedNonce(nodes[0]);

    const statuses = await Promise.all(
      nodes.map(async ({ prove, ask }) => (await ask(await prove({ nonce }), { client })).status),
    );

    expect(statuses).toEqual([200, 200, 400, 400, 400]);
  });
});
