import { createPublicKey, verify } from "node:crypto";
import type { JsonWebKey } from "node:crypto";

import type { FaultRule, SandboxOptions } from "@credicorp/oauth-mock-server";
import { describe, expect, it } from "vitest";

import type { FaultSetting } from "../support/fault-setting.ts";
import { jwksPath, readSegment, seeJson, setUpFaults } from "../support/fault-setting.ts";

/** A token and whether the keys of the sandbox have signed it. */
interface Looked {
  readonly header: Record<string, unknown>;
  readonly claims: Record<string, unknown>;
  readonly isSigned: boolean;
  readonly isKidKnown: boolean;
  readonly answer: Record<string, unknown>;
}

async function look({ askForToken, send }: FaultSetting): Promise<Looked> {
  const answer = await seeJson(askForToken());
  const token = String(answer["access_token"]);
  const { keys } = (await seeJson(send(jwksPath))) as { keys: (JsonWebKey & { kid: string })[] };
  const [signingInput, signature] = [
    token.slice(0, token.lastIndexOf(".")),
    Buffer.from(token.slice(token.lastIndexOf(".") + 1), "base64url"),
  ];
  const header = readSegment(token, 0);
  const isEd25519 = header["alg"] === "Ed25519";
  return {
    header,
    claims: readSegment(token, 1),
    isSigned: keys.some((jwk) => {
      const key = createPublicKey({ key: jwk, format: "jwk" });
      const input = { key, dsaEncoding: "ieee-p1363" as const };
      return verify(isEd25519 ? null : "sha256", Buffer.from(signingInput), input, signature);
    }),
    isKidKnown: keys.some(({ kid }) => kid === header["kid"]),
    answer,
  };
}

async function lookAtFault(rule: FaultRule, options: SandboxOptions = {}) {
  const setting = await setUpFaults("without a port", [], options);
  // Of one second, so that nothing differs but what is wrong.
  setting.sandbox.clock.freeze();
  const honest = await look(setting);
  setting.sandbox.faults.add(rule);
  return { honest, faulty: await look(setting), setting };
}

/** Returns the names of the claims that differ, `jti` aside. */
function differences(honest: Looked, faulty: Looked): readonly string[] {
  const names = new Set([...Object.keys(honest.claims), ...Object.keys(faulty.claims)]);
  const differs = (name: string): boolean =>
    JSON.stringify(honest.claims[name]) !== JSON.stringify(faulty.claims[name]);
  return [...names].filter((name) => name !== "jti" && differs(name));
}

describe.each(["ES256", "Ed25519"] as const)("a faulty token of %s", (accessTokenAlgorithm) => {
  it.each([
    { rule: { fault: "expired_on_arrival" }, differing: ["iat", "exp"] },
    { rule: { fault: "wrong_issuer" }, differing: ["iss"] },
    { rule: { fault: "wrong_audience" }, differing: ["aud"] },
    { rule: { fault: "narrowed_scope" }, differing: ["scope"] },
  ] as const)(
    "FLT-03 with the fault $rule.fault is wrong in $differing alone",
    async ({ rule, differing }) => {
      const { honest, faulty } = await lookAtFault(rule, { accessTokenAlgorithm });

      expect(differences(honest, faulty)).toEqual(differing);
      expect(faulty).toMatchObject({ header: honest.header, isSigned: true, isKidKnown: true });
      expect(honest.isSigned).toBe(true);
    },
  );

  it("FLT-03 with an unknown kid is good in all else", async () => {
    const { honest, faulty } = await lookAtFault(
      { fault: "unknown_kid" },
      { accessTokenAlgorithm },
    );

    expect(differences(honest, faulty)).toEqual([]);
    expect(faulty).toMatchObject({ isSigned: true, isKidKnown: false });
    expect({ ...faulty.header, kid: "" }).toEqual({ ...honest.header, kid: "" });
  });

  it("FLT-03 with a bad signature is good in all else, and not merely malformed", async () => {
    const rule = { fault: "bad_signature" } as const;
    const { honest, faulty } = await lookAtFault(rule, { accessTokenAlgorithm });

    expect(differences(honest, faulty)).toEqual([]);
    expect(faulty).toMatchObject({ header: honest.header, isSigned: false, isKidKnown: true });
  });
});

describe("a faulty token", () => {
  it("comes in an answer that says nothing of it", async () => {
    const { honest, faulty } = await lookAtFault({ fault: "expired_on_arrival" });

    const token = expect.any(String);
    expect(faulty.answer).toEqual({ ...honest.answer, access_token: token });
  });

  it("is narrowed to what the rule leaves of what was granted, in the answer too", async () => {
    const { faulty } = await lookAtFault({
      fault: "narrowed_scope",
      grants: ["decisions:read", "payments:write"],
    });

    expect(faulty.answer["scope"]).toBe("decisions:read");
    expect(faulty.claims["scope"]).toBe("decisions:read");
  });

  it("may be left with no scope at all", async () => {
    const { faulty } = await lookAtFault({ fault: "narrowed_scope", grants: [] });

    expect(faulty.answer["scope"]).toBe("");
    expect(faulty.claims).not.toHaveProperty("scope");
  });

  it("is not narrowed where there is nothing to leave out, and does not count", async () => {
    const setting = await setUpFaults("without a port");
    const { hits } = setting.sandbox.faults.add({ fault: "narrowed_scope" });

    const answer = await seeJson(setting.askForToken({ scope: "decisions:read" }));

    expect(answer["scope"]).toBe("decisions:read");
    expect(hits()).toBe(0);
  });

  it("is inactive at introspection for its own reason, or active where nothing is wrong with it there", async () => {
    const setting = await setUpFaults("without a port");
    const api = setting.sandbox.clients.get("partner-api");
    const isActive = async (): Promise<unknown> => {
      const { access_token: token } = await seeJson(setting.askForToken());
      const answer = await setting.send("/partner/v1/oauth/introspect", {
        method: "POST",
        headers: { authorization: `Basic ${btoa(`${api.id}:${api.secret}`)}` },
        body: new URLSearchParams({ token: String(token) }),
      });
      return ((await answer.json()) as Record<string, unknown>)["active"];
    };
    const verdicts: Record<string, unknown> = { honest: await isActive() };

    for (const fault of [
      "bad_signature",
      "unknown_kid",
      "wrong_issuer",
      "narrowed_scope",
    ] as const) {
      const { remove } = setting.sandbox.faults.add({ fault });
      verdicts[fault] = await isActive();
      remove();
    }

    expect(verdicts).toEqual({
      honest: true,
      bad_signature: false,
      unknown_kid: false,
      wrong_issuer: false,
      narrowed_scope: true,
    });
  });
});
